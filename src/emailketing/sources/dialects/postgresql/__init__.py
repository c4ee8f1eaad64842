"""A server of PostgreSQL, 14 or later."""

from emailketing.sources.dialects.postgresql.dialect import PostgreSQL

DIALECT = PostgreSQL
