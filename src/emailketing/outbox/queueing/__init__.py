"""Queue: a decision to write becomes messages, each once."""
