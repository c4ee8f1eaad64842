"""What became of a message later: receipts, answers, what a person decided."""
