"""Attach to a business system, pause, let go."""
