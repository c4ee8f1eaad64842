"""A rule: saved only when it can work."""
