"""What a reader wants of all that we write: seen and chosen by his own link (decision 108)."""
