"""Reports: their list, what one of them says and did, and their editor."""
