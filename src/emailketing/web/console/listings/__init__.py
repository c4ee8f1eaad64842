"""Listings: all there are, one with its rows, and the editors that make them."""
