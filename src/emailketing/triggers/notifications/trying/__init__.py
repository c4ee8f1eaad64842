"""What a rule would do, sending nothing."""
