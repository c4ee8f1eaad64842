"""SQL of people: checked, and run on an account that can only read (S28–S33)."""
