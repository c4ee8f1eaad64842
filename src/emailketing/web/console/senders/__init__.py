"""Senders: list, form with test of the connection, test mail, pause and resume."""
