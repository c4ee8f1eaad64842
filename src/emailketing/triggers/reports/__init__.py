"""Reports: a listing, when it is read, who gets it and what it looks like."""
