"""Templates: list, editor with live preview in each language, history of revisions, settings."""
