"""Ordinary saving is no audit: rows written again as they were, records completed after birth."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from emailketing.sources.audit import parts
from emailketing.sources.capture.base import MASK
from emailketing.sources.connectors.audit import Audit
from emailketing.sources.freeze import freeze
from emailketing.sources.models import CapturedChange, Source

NEWBORN = timedelta(seconds=60)  # what is done to a record this young belongs to its making
AT_ONCE = 500
INSERT, DELETE = "I", "D"
OTHER = {INSERT: DELETE, DELETE: INSERT}


@dataclass(slots=True)
class Rewritten:
    """Rows of one record that were deleted and inserted with the same content, in either order."""

    waiting: dict[tuple[str, str], list[CapturedChange]] = field(default_factory=dict)
    pks: set[int] = field(default_factory=set)

    def note(self, change: CapturedChange, audit: Audit, *, is_own: bool) -> None:
        content = content_of(change, audit, is_own=is_own)
        if content is None:
            return
        partners = self.waiting.get((OTHER[change.operation], content), [])
        # a row made and then deleted is gone: only under another number it was written again
        is_end = change.operation == DELETE
        for partner in partners:
            if not (is_end and partner.record_key == change.record_key):
                partners.remove(partner)
                self.pks |= {change.pk, partner.pk}
                return
        self.waiting.setdefault((change.operation, content), []).append(change)


def content_of(change: CapturedChange, audit: Audit, *, is_own: bool) -> str | None:
    """Return what a row says without its number, None where nobody can say whether it is the same.

    A program that deletes and inserts a line again gives it a new number. A key of several columns
    says something; so does the only column there is; and a value not noted is never the same.
    """
    if change.operation not in OTHER:
        return None
    row = (change.old if change.operation == DELETE else change.new) or {}
    described = audit.table(change.table)
    if any(parts.is_marker(value) or value == MASK for value in row.values()):
        return None
    numbers = set() if is_own or len(change.key) != 1 else set(change.key)
    says = {
        name: freeze(value)
        for name, value in row.items()
        if name not in numbers and not described.ignores(name)
    }
    parent = described.parent.columns if described.parent else ()
    if not any(value != "" for name, value in says.items() if name not in parent):
        return None
    return json.dumps([change.table, says], sort_keys=True, default=str)


class Birth(NamedTuple):
    pk: int
    at: datetime


Births = dict[tuple[str, str], list[Birth]]


def births(source: Source, records: Iterable[tuple[str, str]], since: datetime) -> Births:
    """Return when these records (table, key) were made, of those made shortly before `since`.

    One inserted again just after it was deleted is not new: that is how its program saves.
    """
    tables: dict[str, list[str]] = {}
    for table, key in dict.fromkeys(records):
        tables.setdefault(table, []).append(key)
    found: Births = {}
    for table, keys in tables.items():
        for start in range(0, len(keys), AT_ONCE):
            rows = CapturedChange.objects.filter(
                source=source,
                table=table,
                record_key__in=keys[start : start + AT_ONCE],
                operation__in=OTHER,
                at__gte=since - 2 * NEWBORN,
            ).order_by("pk")
            deleted: dict[str, datetime] = {}
            for pk, key, operation, at in rows.values_list("pk", "record_key", "operation", "at"):
                if operation == DELETE:
                    deleted[key] = at
                elif key not in deleted or at - deleted[key] > NEWBORN:
                    found.setdefault((table, key), []).append(Birth(pk, at))
    return found


def is_newborn(known: Births, record: tuple[str, str], change: CapturedChange) -> bool:
    """Say whether the record was made in the minute before this change of it."""
    return any(
        birth.pk < change.pk and change.at - birth.at <= NEWBORN for birth in known.get(record, ())
    )


def came_again(source: Source, deleted: Mapping[tuple[str, str], int]) -> Iterator[tuple[str, str]]:
    """Yield those of the deleted records (table, key) → change that were inserted afterwards."""
    tables: dict[str, list[str]] = {}
    for table, key in deleted:
        tables.setdefault(table, []).append(key)
    for table, keys in tables.items():
        for start in range(0, len(keys), AT_ONCE):
            rows = CapturedChange.objects.filter(
                source=source,
                table=table,
                record_key__in=keys[start : start + AT_ONCE],
                operation=INSERT,
                pk__gt=min(deleted.values()),
            ).order_by()
            for key in rows.values_list("record_key", flat=True).distinct():
                yield table, key


def stands_again(source: Source, deletion: int) -> bool:
    """Say whether the row of this deletion was inserted again, with the same content, at once.

    Programs with a commit for each statement save so; on SQLite nobody knows who deleted it, and
    whoever inserted it again may be known: two bursts.
    """
    gone = CapturedChange.objects.filter(pk=deletion, operation=DELETE).first()
    if gone is None:
        return False
    came = CapturedChange.objects.filter(
        source=source,
        table=gone.table,
        record_key=gone.record_key,
        operation=INSERT,
        pk__gt=gone.pk,
        at__lte=gone.at + NEWBORN,
    ).first()
    if came is None:
        return False
    content = [content_of(change, Audit(), is_own=True) for change in (gone, came)]
    return content[0] is not None and content[0] == content[1]


def newborn(source: Source, changes: Sequence[CapturedChange]) -> set[int]:
    """Return which of these changes only complete a row that was just made."""
    updates = [change for change in changes if change.operation == "U"]
    if not updates:
        return set()
    since = min(change.at for change in updates)
    known = births(source, ((c.table, c.record_key) for c in updates), since)
    return {c.pk for c in updates if is_newborn(known, (c.table, c.record_key), c)}
