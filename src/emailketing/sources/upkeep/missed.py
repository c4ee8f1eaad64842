"""What PostgreSQL's triggers could not note as they should: a permanent line says so (C9, C19).

A miss is lost (its rows are nowhere) or was noted as the table stands now, because its columns had
changed. Either is written into a gap before it is forgotten there, one gap for what belongs
together.
"""

from dataclasses import dataclass
from datetime import timedelta

from emailketing.common.said import say as _
from emailketing.sources.capture.base import Health, TableMisses
from emailketing.sources.gaps import Blind, note_gap
from emailketing.sources.models import Gap, Source
from emailketing.sources.visit import Visit

TOGETHER = timedelta(hours=1)  # without a miss in between it is another gap


@dataclass(frozen=True, slots=True)
class _Counted:
    lost: int
    noted: int

    @classmethod
    def in_gap(cls, gap: Gap | None, source: Source) -> "_Counted":
        if gap is None:
            return cls(0, 0)
        noted = source.health.get("noted_all_the_same", {}).get(str(gap.pk), 0)
        return cls(gap.misses or 0, noted)


def note_misses(visit: Visit, health: Health) -> None:
    """Write what was missed into the gaps, and forget it in the business database."""
    if not health.missed:
        return
    for missed in health.missed:
        _note(visit, missed)
    visit.dialect.forget_misses(visit.connection, max(missed.last for missed in health.missed))


def _note(visit: Visit, missed: TableMisses) -> None:
    source = visit.source
    before = _goes_on(source, missed)
    was = _Counted.in_gap(before, source)
    counted = _Counted(was.lost + missed.lost, was.noted + missed.noted)
    blind = Blind(
        kind=Gap.Kind.MISSED,
        table=missed.table,
        begin=before.begin if before else missed.first,
        # without an end it is compared as soon as notes are taken again
        end=missed.last if counted.lost == 0 else None,
        misses=counted.lost,
        detail=_detail(missed, counted),
    )
    gap = note_gap(source, blind, now=visit.now)
    source.health = {**source.health, "noted_all_the_same": {str(gap.pk): counted.noted}}


def _goes_on(source: Source, missed: TableMisses) -> Gap | None:
    gap = source.gaps.filter(kind=Gap.Kind.MISSED, table=missed.table[:200]).first()
    if gap is None or gap.found is not None:
        return None
    return gap if gap.end is None or missed.first - gap.end < TOGETHER else None


def _detail(missed: TableMisses, counted: _Counted) -> str:
    said = []
    if counted.noted:
        said.append(_("%(count)s rows noted as the table stands now") % {"count": counted.noted})
    if missed.is_capped:
        said.append(_("at least, as nobody counted further"))
    return " · ".join([*said, missed.reason])
