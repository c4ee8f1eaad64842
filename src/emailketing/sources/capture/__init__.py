"""Noting changes inside a business database that knows nothing of us.

The words of it; how each kind of database does it stands in `sources/dialects`. Rules C1 to C24 are
quoted where they are kept.
"""
