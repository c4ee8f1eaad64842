"""Everything about one business document, in one line of time."""
