"""The public address: what is known of it, and whether messages carry links."""
