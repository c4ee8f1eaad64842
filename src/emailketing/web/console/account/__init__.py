"""Own account: language of the console."""
