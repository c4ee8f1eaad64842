"""Carry changes that were noted into the rows of a picture, and out of it again.

Doing what is done already changes nothing, so a picture and its changes need not be of one moment:
what counts is that none is missing and that they come in order.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from emailketing.common.plain import Values
from emailketing.sources.snapshots.store import written

Rows = dict[str, str]


class Emptied(Exception):
    """The table was emptied: how it was before cannot be told from its changes."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What both a captured change that is stored and one that still waits can tell."""

    uid: str
    at: datetime
    op: str
    key: Values
    old: Values | None
    new: Values | None

    @property
    def now(self) -> str:
        return written(self.key)

    @property
    def was(self) -> str:
        """The key before: an update may have changed it."""
        old = self.old or {}
        return written({name: old.get(name, value) for name, value in self.key.items()})


def redo(rows: Rows, changes: Iterable[Noted]) -> None:
    for change in changes:
        if change.op == "T":
            rows.clear()
        elif change.op == "I":
            rows[change.now] = written(change.new or {})
        elif change.op == "D":
            rows.pop(change.now, None)
        elif (row := rows.pop(change.was, None)) is not None:
            rows[change.now] = _with(row, change.new)


def undo(rows: Rows, changes: Iterable[Noted]) -> None:
    """Take the changes out again, given oldest first.

    Raises:
        Emptied: one of them emptied the table.
    """
    for change in reversed(list(changes)):
        if change.op == "T":
            raise Emptied
        if change.op == "I":
            rows.pop(change.now, None)
        elif change.op == "D":
            rows[change.now] = written(change.old or {})
        elif (row := rows.pop(change.now, None)) is not None:
            rows[change.was] = _with(row, change.old)


def redo_where_it_fits(rows: Rows, changes: Iterable[Noted]) -> None:
    """Carry in what was saved while we read; what is otherwise by now stays as it is."""
    for change in changes:
        if change.op == "I" and change.now not in rows:
            rows[change.now] = written(change.new or {})
        elif change.op == "D":
            rows.pop(change.now, None)
        elif change.op == "U" and change.was in rows:
            row = json.loads(rows[change.was])
            if all(row.get(name) == value for name, value in (change.old or {}).items()):
                redo(rows, [change])


def _with(row: str, values: Values | None) -> str:
    return written({**json.loads(row), **(values or {})})
