"""Small helpers for the ledger's plain SQL on SQLite and PostgreSQL."""

import json
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from emailketing.common.own_dialect import beside_others, is_a_file
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

    The values go over as one JSON text: cheaper than a statement for each row, and than an array
    for each column.

    Args:
        name: what PostgreSQL keeps the statement under.
        statement: with `v.name` where a row's value stands, and `(@)` where the rows come from.
        types: what PostgreSQL is to take each value for, by name, in the order of the values.
    """

    def __init__(self, name: str, statement: str, types: Mapping[str, str]) -> None:
        values = [f"json_extract(value, '$[{n}]') AS {one}" for n, one in enumerate(types)]
        self.on_file = statement.replace("(@)", _ROWS_ON_FILE.replace("(@)", ", ".join(values)))
        values = [
            f"CAST(value ->> {n} AS {kind}) AS {one}" for n, (one, kind) in enumerate(types.items())
        ]
        of_rows = statement.replace("(@)", _ROWS_ON_SERVER.replace("(@)", ", ".join(values)))
        self.name = name
        self.prepare = f"PREPARE {name} (jsonb, int) AS {of_rows}"


_ROWS_ON_FILE = "(SELECT (@) FROM json_each(%s)) AS v"
# LIMIT tells the planner that they are few: it looks them up, also where a table is small
_ROWS_ON_SERVER = "(SELECT (@) FROM jsonb_array_elements($1) LIMIT $2) AS v"
PLAN_ANEW = 50  # texts: a plan that was made for a small table is not kept for long
# one plan for any values; what was written a moment ago is in memory, and looking it up is cheap
_HOW_TO_PLAN = "SET plan_cache_mode = force_generic_plan; SET random_page_cost = 1.1; DISCARD PLANS"

Rows = Sequence[Sequence[Any]]
Writing = tuple[UpdateOfMany, Rows]
# how often each connection to a server has run each statement: what it has run is prepared
_runs: WeakKeyDictionary[Any, Counter[str]] = WeakKeyDictionary()


def write_together(*writings: Writing, beside: int | None = None) -> list[set[int]]:
    """Write all or nothing; return the numbers that each of the statements returned.

    PostgreSQL gets them in one text, which is a transaction by itself, and has them prepared: to
    plan them, and six trips instead of one, cost more than to write the rows.

    Args:
        writings: statements and their rows, in the order they are to be written.
        beside: a queue to stand beside first (`own_dialect.beside_others`): each statement sees
            what was committed before it begins, so what was waited for is seen.
    """
    with_rows = [(statement, rows) for statement, rows in writings if rows]
    with connection.cursor() as cursor:
        if is_a_file():
            answers = iter(_on_file(cursor, with_rows))
        else:
            answers = iter(_on_server(cursor, with_rows, beside))
    return [next(answers) if rows else set() for _statement, rows in writings]


def _on_file(cursor: CursorWrapper, writings: Sequence[Writing]) -> list[set[int]]:
    answers = []
    with transaction.atomic(savepoint=False):
        for statement, rows in writings:
            cursor.execute(statement.on_file, [_json(rows)])
            answers.append({row[0] for row in cursor.fetchall()})
    return answers


def _on_server(
    cursor: CursorWrapper, writings: Sequence[Writing], beside: int | None
) -> list[set[int]]:
    text = server_text(connection.connection, writings, beside)
    for first in text.preparations:
        cursor.execute(first)
    cursor.execute(text.text, text.values)
    answers = []
    for number in range(text.unread + len(writings)):
        if number >= text.unread:
            answers.append({row[0] for row in cursor.fetchall()} if cursor.description else set())
        cursor.nextset()
    return answers


@dataclass(frozen=True, slots=True)
class ServerText:
    """What a server gets of several writings.

    Attributes:
        preparations: statements to be run first, one by one.
        text: all of them together, one transaction; `values`: what stands at its placeholders.
        unread: how many of its first results nobody reads; then one follows for each writing.
    """

    preparations: list[str]
    text: str
    values: list[str | int]
    unread: int


def server_text(line: Hashable, writings: Sequence[Writing], beside: int | None) -> ServerText:
    """Return what the server on this connection is to run."""
    runs = _runs.setdefault(line, Counter())
    preparations = [one for statement, _rows in writings for one in _to_prepare(runs, statement)]
    first = [] if beside is None else [beside_others(beside)]
    text = ";".join([*first, *(f"EXECUTE {statement.name} (%s, %s)" for statement, _ in writings)])
    values: list[str | int] = []
    for _statement, rows in writings:
        values += [_json(rows), len(rows)]
    return ServerText(preparations, text, values, len(first))


def _to_prepare(runs: Counter[str], statement: UpdateOfMany) -> Iterator[str]:
    if runs[statement.name] % PLAN_ANEW == 0:
        yield _HOW_TO_PLAN
    if not runs[statement.name]:
        yield statement.prepare
    runs[statement.name] += 1


def _json(rows: Rows) -> str:
    return json.dumps(rows, default=str)
