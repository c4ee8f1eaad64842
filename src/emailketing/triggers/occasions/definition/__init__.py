"""What an occasion says, saved only when it can be kept."""
