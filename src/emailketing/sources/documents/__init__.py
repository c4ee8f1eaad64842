"""Documents and parties, read fresh from the business database."""
