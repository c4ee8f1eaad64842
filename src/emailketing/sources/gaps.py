"""What was not noted: one permanent line for each time we were blind (nothing in silence)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import ngettext

from emailketing.common.said import say as _
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


def is_for_upgrade(source: Source) -> bool:
    """Whether our triggers were taken away on purpose: nobody puts them back but “go on”."""
    return source.gaps.filter(kind=Gap.Kind.UPGRADE, end=None).exists()


def gaps_between(
    since: datetime | None, until: datetime | None, *, source: str = "", table: str = ""
) -> "QuerySet[Gap]":
    """Return the gaps that lie, even in part, in this time: there the audit may not be whole."""
    found = Gap.objects.select_related("source")
    if source:
        found = found.filter(source__slug=source)
    if table:
        found = found.filter(Q(table="") | Q(table=table) | Q(table__endswith=f".{table}"))
    if until is not None:
        found = found.filter(begin__lt=until)
    if since is not None:
        found = found.filter(Q(end=None) | Q(end__gte=since))
    return found


def new_gaps(source: Source, now: datetime, *, within: timedelta) -> list[Gap]:
    return list(source.gaps.filter(noted_at__gt=now - within, noted_at__lte=now))


def said(gap: Gap) -> str:
    """Tell one gap in a sentence."""
    words = {
        "table": gap.table or _("every table"),
        "begin": moment(gap.begin),
        "end": moment(gap.end) if gap.end else _("now"),
        "kind": gap.get_kind_display(),
    }
    sentence = _("%(begin)s to %(end)s, %(table)s: %(kind)s") % words
    return f"{sentence}. {outcome(gap)}"


def outcome(gap: Gap) -> str:
    """Say what is known of what happened meanwhile."""
    if gap.kind == Gap.Kind.MISSED and gap.misses == 0:
        return _("Every row was noted all the same, as the table stands now.")
    if gap.kind == Gap.Kind.MISSED and gap.found == 0:
        return _("Compared: nothing of it is left to see, or another gap of that time tells it.")
    if gap.end is None:
        return _("It goes on: nothing is noted there until it is mended.")
    if gap.found is None:
        return _("Not compared: what was changed meanwhile is not known.")
    if gap.found == 0:
        return _("Compared: nothing was changed meanwhile.")
    return ngettext(
        "%(count)s change was found by comparing; nobody knows who made it.",
        "%(count)s changes were found by comparing; nobody knows who made them.",
        gap.found,
    ) % {"count": gap.found}


def moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "d/m/Y H:i:s")
