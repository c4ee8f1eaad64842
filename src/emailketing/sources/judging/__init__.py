"""Did it become so? From captured rows to events."""
