"""The one way out: the ledger of everything sent, to whom, why, and what became of it."""
