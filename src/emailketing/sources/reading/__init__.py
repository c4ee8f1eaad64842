"""Read what happened, again and again."""
