"""Who we are: name, country, zone; sandbox or live; the registered identity of each database."""
