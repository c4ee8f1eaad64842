"""The ledger on the screen: list, timeline, preview, and decisions about a message."""
