"""What SQLite says of a query."""

import re

from sqlalchemy.exc import DBAPIError

from emailketing.sources.dialects.query_errors import first_line, without

_COLUMN = re.compile(r"no such column: (.+)", re.IGNORECASE)
_TABLE = re.compile(r"no such table: (.+)", re.IGNORECASE)


def is_busy(error: DBAPIError) -> bool:
    name = str(getattr(error.orig, "sqlite_errorname", "") or "")
    return name.startswith(("SQLITE_BUSY", "SQLITE_LO"))


def why(error: DBAPIError) -> str:
    said = first_line(error)
    return without(said, column=_COLUMN, table=_TABLE) or said
