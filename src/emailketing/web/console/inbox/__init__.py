"""The built-in inbox: what the sandbox caught, as its readers would see it."""
