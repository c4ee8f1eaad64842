"""The reasons to write. They never import one another; each ends in outbox.dispatch()."""
