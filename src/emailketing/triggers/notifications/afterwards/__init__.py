"""What a rule wrote and did not arrive."""
