"""Who hears of it, by which way, at which hours, how often: alike for every reason to write."""
