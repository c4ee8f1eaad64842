"""Changes that lead to no document: counted by table, until one leads to one again."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from emailketing.sources.capture.base import RowChange
from emailketing.sources.documents.touched import Touched
from emailketing.sources.models import Source, Unmatched

if TYPE_CHECKING:
    from emailketing.sources.documents.roll_up import RollUp

TOO_MANY = 20  # changes in a row: no documents deleted at once, and no half-made ones


@dataclass(slots=True)
class Led:
    """Where the changes of a block led."""

    somewhere: set[str] = field(default_factory=set)  # tables
    nowhere: Counter[str] = field(default_factory=Counter)
    said: dict[str, str] = field(default_factory=dict)  # why the way could not be read

    @classmethod
    def of(
        cls,
        roll_up: "RollUp",
        changes: Sequence[RowChange],
        owners: Mapping[str, Sequence[Touched]],
        found: Collection[Touched],
        unread: Collection[Touched],
    ) -> "Led":
        """Count, by table of a document, what led to a document that is there.

        Args:
            roll_up: knows the tables.
            changes: what was noted; deletions say nothing, as what they lead to is gone.
            owners: what each change concerns, by uid.
            found: the documents that are there.
            unread: those that could not be read: told elsewhere.
        """
        led = cls()
        gone = {t for change in changes if change.op == "D" for t in owners[change.uid]}
        for change in changes:
            if change.op in "DT" or not roll_up.leads_to_a_document(change):
                continue
            touched, table = owners[change.uid], roll_up.table(change)
            if any(one in found for one in touched):
                led.somewhere.add(table)
            elif not any(one in unread or one in gone for one in touched):
                led.nowhere[table] += 1
        return led


def keep(source: Source, led: Led, *, now: datetime) -> None:
    """Add to the count of a table; one change that leads to a document ends it."""
    if led.somewhere:
        source.unmatched.filter(table__in=led.somewhere).delete()
    for table, count in led.nowhere.items():
        if table in led.somewhere:
            continue
        row, _is_new = Unmatched.objects.get_or_create(
            source=source, table=table[:200], defaults={"since": now, "last_at": now}
        )
        row.changes += count
        row.last_at, row.said = now, led.said.get(table, row.said)[:300]
        row.save(update_fields=["changes", "last_at", "said"])
