"""Which dialect speaks to which database."""

from sqlalchemy import Engine

from emailketing.sources.capture.base import Dialect
from emailketing.sources.capture.errors import Unsupported
from emailketing.sources.capture.postgresql import PostgreSQL
from emailketing.sources.capture.sqlite import SQLite

DIALECTS: dict[str, type[Dialect]] = {SQLite.name: SQLite, PostgreSQL.name: PostgreSQL}


def dialect_for(database: str | Engine) -> Dialect:
    """Return the dialect called so ("sqlite", "postgresql"), or the one of the engine.

    Raises:
        Unsupported: there is none.
    """
    name = database if isinstance(database, str) else database.dialect.name
    if name not in DIALECTS:
        raise Unsupported(detail=name)
    return DIALECTS[name]()
