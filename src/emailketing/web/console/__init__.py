"""Staff, signed in: one sub-package per menu entry."""
