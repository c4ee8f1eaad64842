"""A listing made by clicking: plain JSON, checked in one place, built into one SELECT."""
