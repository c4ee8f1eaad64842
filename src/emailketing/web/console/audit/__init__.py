"""Who changed or deleted what in the business systems: search, one change, export."""
