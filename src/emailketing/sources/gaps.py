"""What was not noted: one permanent line for each time we were blind (nothing in silence)."""

from dataclasses import dataclass
from datetime import datetime

from emailketing.sources.models import Gap, Source


@dataclass(frozen=True, slots=True)
class Blind:
    """When we saw nothing, of which table ("" for all), and what the database said."""

    kind: Gap.Kind
    begin: datetime
    table: str = ""
    end: datetime | None = None
    misses: int | None = None
    detail: str = ""


def note_gap(source: Source, blind: Blind, *, now: datetime) -> Gap:
    """Write the line, or add to the one that is there for the same beginning."""
    gap, _is_new = Gap.objects.update_or_create(
        source=source,
        kind=blind.kind,
        table=blind.table[:200],
        begin=blind.begin,
        defaults={"end": blind.end, "misses": blind.misses, "detail": blind.detail[:500]},
        create_defaults={
            "end": blind.end,
            "misses": blind.misses,
            "detail": blind.detail[:500],
            "noted_at": now,
        },
    )
    return gap


def open_gap(source: Source, kind: Gap.Kind, table: str = "") -> Gap | None:
    """Return the gap of this kind and table that has not ended yet."""
    return source.gaps.filter(kind=kind, table=table[:200], end=None).first()
