"""Capture stays whole: what drifted, was put back or went unnoticed is seen, mended and told."""
