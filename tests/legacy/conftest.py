"""The legacy program on SQLite and PostgreSQL."""

from tests.sources.conftest import (
    in_english,
    postgres_database,
    postgres_server,
    postgres_site,
    site,
    sqlite_site,
)

__all__ = [
    "in_english",
    "postgres_database",
    "postgres_server",
    "postgres_site",
    "site",
    "sqlite_site",
]
