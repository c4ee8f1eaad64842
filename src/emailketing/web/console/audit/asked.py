"""What the page was asked for, and what it may be asked for."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from emailketing.content.formats import as_date
from emailketing.sources.audit.search import OPERATIONS, Filters, actors, audit_of
from emailketing.sources.models import Source
from emailketing.web.console.frame.shapes import Context
from emailketing.web.console.shown.connector_words import connector_of, said

DAYS = 30  # what is looked at when no date is chosen


def filters_of(asked: Mapping[str, str]) -> tuple[Filters, list[str]]:
    """Read the form; what cannot be read is left out, with a sentence."""
    problems: list[str] = []
    since = _day(asked, "since", problems)
    until = _day(asked, "until", problems)
    if "since" not in asked and until is None:
        since = timezone.localdate() - timedelta(days=DAYS)
    words = {
        name: asked.get(name, "").strip()[:200]
        for name in ("source", "table", "actor", "field", "operation", "text", "told_in")
    }
    return Filters(**words, since=since, until=until), problems


def _day(asked: Mapping[str, str], name: str, problems: list[str]) -> date | None:
    written = asked.get(name, "").strip()
    if not written:
        return None
    try:
        return as_date(written[:10])
    except ValueError:
        problems.append(_("“%(value)s” is not a date.") % {"value": written[:40]})
        return None


def choices(filters: Filters) -> Context:
    """Return what the form offers."""
    sources = list(Source.objects.all())
    chosen = [s for s in sources if filters.source in ("", s.slug)]
    tables = sorted(_tables(chosen).items(), key=lambda pair: pair[1])
    fields = sorted(_fields(chosen, filters.table).items(), key=lambda pair: pair[1])
    return {
        "sources": [(s.slug, s.name) for s in sources] if len(sources) > 1 else [],
        "tables": tables,
        "fields": fields,
        "actors": actors(),
        "operations": [
            (name, label)
            for name, label in (
                ("changed", _("record changed")),
                ("deleted", _("record deleted")),
                ("inserted", _("record added")),
            )
            if name in OPERATIONS
        ],
    }


def _tables(sources: list[Source]) -> dict[str, str]:
    found: dict[str, str] = {}
    for source in sources:
        audit, connector = audit_of(source), connector_of(source)
        for watch in connector.tables if connector else ():
            found.setdefault(watch.label, said(audit.table_label(watch.label), watch.label))
    return found


def _fields(sources: list[Source], table: str) -> dict[str, str]:
    """Return the columns that are described of a table; without a table there is no list."""
    if not table:
        return {}
    found: dict[str, str] = {}
    for source in sources:
        audit = audit_of(source)
        for name in (*audit.table(table).columns, *audit.columns):
            found.setdefault(name, said(audit.column(table, name).label, name))
    return found
