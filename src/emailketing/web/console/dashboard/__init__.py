"""The front page: how it stands, and what waits for a decision."""
