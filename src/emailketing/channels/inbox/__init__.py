"""The built-in inbox: an SMTP server inside the product, so that the sandbox exercises the wire."""
