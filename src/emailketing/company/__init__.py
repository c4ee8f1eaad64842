"""Who we are: name, country and zone; sandbox or live; the registered identity of every database."""
