"""Who: people and companies, their addresses by usage, roles, and whom we must not write to."""
