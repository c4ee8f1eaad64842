"""Company: who we are; sandbox or live; stop everything; safe mode after a copy or restore."""
