"""What happened: an append-only log. Sources write it, triggers read it; they never meet."""
