"""Occasions: it is somebody's day, or everybody's, and we say so once."""
