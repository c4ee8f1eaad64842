"""Whose day it is, who gets the greeting and who does not, and writing it once."""
