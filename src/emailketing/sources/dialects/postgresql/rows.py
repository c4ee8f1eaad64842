"""Reading a whole PostgreSQL table as its inserts would be noted: one snapshot, row by row."""

import json
import math
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from emailketing.common.plain import JSON
from emailketing.sources.capture.base import Row, TableShape
from emailketing.sources.capture.errors import NoKey
from emailketing.sources.dialects.postgresql import plan as plans
from emailketing.sources.dialects.postgresql import sql
from emailketing.sources.freeze import SURE_DIGITS

if TYPE_CHECKING:
    from sqlalchemy import Connection

# nothing outside pg_catalog is called on a value by its name; nobody's lock is waited for
_SNAPSHOT = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;"
    "SET LOCAL search_path = pg_catalog, pg_temp;"
    "SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '30s'"
)
LEAST_NOISE = 10  # decimals
_OPTIONS: dict[str, Any] = {"no_parameters": True, "stream_results": True}


def read_rows(connection: "Connection", shape: TableShape) -> Iterator[tuple[Row, Row]]:
    """Yield key and columns of each row.

    Raises:
        NoKey: a row could not be found again.
    """
    with connection.begin():
        connection.exec_driver_sql(_SNAPSHOT)
        # nobody gives a column another type between the look at it and the reading
        connection.exec_driver_sql(f"LOCK TABLE {sql.qualified(shape)} IN ACCESS SHARE MODE")
        shape = plans.describe(connection, shape.watch)
        if not shape.key:
            raise NoKey(table=shape.watch.label)
        found = connection.exec_driver_sql(sql.reading(shape), execution_options=_OPTIONS)
        with closing(found):
            for pk, whole in found:
                yield _row(pk), _row(whole)


def _row(written: bytes) -> Row:
    found: Row = json.loads(written.decode(errors="replace"), parse_float=exact)
    return found


def exact(digits: str) -> JSON:
    """Return a float when it holds the number exactly enough to be written back, else the text.

    A NUMERIC of 16 digits is kept as text: read as a float, its last ones could be taken for what
    adding floats leaves behind. DOUBLE PRECISION writes such leavings with ten decimals and more.
    """
    number, exact = float(digits), Decimal(digits)
    if not math.isfinite(number) or exact != Decimal(repr(number)):
        return digits
    is_short = len(exact.normalize().as_tuple().digits) <= SURE_DIGITS
    is_double = -int(exact.as_tuple().exponent) >= LEAST_NOISE
    return number if is_short or is_double else digits
