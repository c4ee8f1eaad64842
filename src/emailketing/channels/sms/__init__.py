"""Text messages: how they are counted and cut, and the ways to a telephone network."""
