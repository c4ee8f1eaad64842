"""Why we write to our own people: something stands still, or nobody could be reached."""
