"""Whom we write to: contacts, duties, and addresses never to use."""
