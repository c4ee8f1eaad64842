"""Noting changes inside a business database that knows nothing of us.

Everything here works on SQLAlchemy connections and plain values; rules C1 to C24 are quoted where
they are kept. Start at `registry.dialect_for` and `connect.open_engine`.
"""
