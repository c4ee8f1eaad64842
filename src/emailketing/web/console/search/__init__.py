"""Search everywhere: one field on every page (Ctrl+K), and a page of its own without scripts."""
