"""What SQLite says of a query."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from emailketing.common.plain import Cell
from emailketing.sources.dialects.query_errors import first_line, without

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

_COLUMN = re.compile(r"no such column: (.+)", re.IGNORECASE)
_TABLE = re.compile(r"no such table: (.+)", re.IGNORECASE)


def is_busy(error: "DBAPIError") -> bool:
    name = str(getattr(error.orig, "sqlite_errorname", "") or "")
    return name.startswith(("SQLITE_BUSY", "SQLITE_LO"))


def is_stopped(error: "DBAPIError") -> bool:
    return getattr(error.orig, "sqlite_errorname", "") == "SQLITE_INTERRUPT"


def why(error: "DBAPIError") -> str:
    said = first_line(error)
    if "not authorized" in said or "readonly database" in said or "prohibited" in said:
        return _("here nothing but reading is allowed")
    return without(said, column=_COLUMN, table=_TABLE) or said


def for_database(value: Cell) -> Cell:
    """SQLite knows neither dates nor exact decimals: as its programs write them."""
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
