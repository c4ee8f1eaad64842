"""A database in a file."""

from emailketing.sources.dialects.sqlite.dialect import SQLite

DIALECT = SQLite
