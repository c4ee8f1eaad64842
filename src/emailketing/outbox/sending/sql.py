"""Small helpers for the ledger's plain SQL on SQLite and PostgreSQL."""

import json
import re
from collections.abc import Mapping, Sequence, Sized
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from emailketing.common.own_dialect import is_a_file
from emailketing.common.said import kept_with


def instant(moment: datetime) -> Any:
    """Return the moment as this database keeps it, so that comparisons hold."""
    return connection.ops.adapt_datetimefield_value(moment)


def said_json(sentence: str) -> str | None:
    """Return what is kept beside a sentence as a plain statement writes it."""
    made = kept_with(sentence)
    return None if made is None else json.dumps(made)


def aware(value: datetime) -> datetime:
    """Return what a plain query gave as an aware moment (SQLite keeps UTC without saying so)."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def listing(statement: str, values: Sized) -> str:
    """Put as many placeholders as there are values where the statement says `(@)`."""
    return statement.replace("(@)", f"({', '.join(['%s'] * len(values))})")


class UpdateOfMany:
    """One UPDATE for many rows at once, each with values of its own.

    PostgreSQL takes the values as arrays, in one statement: a third less of its time than one
    statement for each row. SQLite, which has no way between us, takes them row by row.

    Args:
        statement: with `v.name` where a row's value stands, and `(@)` where its `FROM` goes.
        types: what PostgreSQL is to take each value for, by name, in the order of the values.
    """

    def __init__(self, statement: str, types: Mapping[str, str]) -> None:
        arrays = ", ".join(f"%s::{kind}[]" for kind in types.values())
        self._of_arrays = statement.replace(
            "(@)", f"FROM unnest({arrays}) AS v({', '.join(types)})"
        )
        self._of_one_row = re.sub(r"\bv\.(\w+)", "%s", statement.replace("(@)", ""))
        names = list(types)
        self._order = [names.index(name) for name in re.findall(r"\bv\.(\w+)", statement)]

    def run(self, cursor: CursorWrapper, rows: Sequence[Sequence[Any]]) -> int:
        """Write the rows; return how many were there to be written."""
        if is_a_file():
            cursor.executemany(self._of_one_row, [[row[n] for n in self._order] for row in rows])
        else:
            cursor.execute(self._of_arrays, [list(values) for values in zip(*rows, strict=True)])
        return int(cursor.rowcount)
