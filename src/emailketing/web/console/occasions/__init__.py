"""Occasions: which there are, one of them, and the days to come."""
