"""What a business database holds, read without us: with Python's own sqlite3."""

import sqlite3
from contextlib import closing
from typing import Any

from emailketing.sources.models import Source


def rows_of(source: Source, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(source.database)) as business:
        return business.execute(query).fetchall()
