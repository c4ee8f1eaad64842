"""Finding: what is kept of messages, events and people for a search, and how it is asked."""
