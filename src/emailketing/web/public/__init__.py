"""Anybody with a signed link: nothing is open to the anonymous yet."""
