"""Lists: filtered and searched."""
