"""A report in words, line by line, as its page in the console says it."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from emailketing.audience.ways import in_words
from emailketing.cli.show import local
from emailketing.common.language import active_language
from emailketing.triggers.reports.models import Report
from emailketing.triggers.reports.running.kept_files import known_columns
from emailketing.web.console.reports.words import (
    asked_words,
    condition_words,
    headings_of,
    look_words,
    people_words,
    recipient_word,
    role_names,
    rows_by_words,
    schedule_words,
    share_words,
)


def lines_of(report: Report, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield what it says: the name of each part, and its words."""
    columns = known_columns(report, now=now)
    roles, headings = role_names(), headings_of(columns, active_language())
    yield _("What it asks"), asked_words(report, {})
    yield _("When it goes out"), schedule_words(report, now)
    yield _("All rows to"), "\n".join(people_words(report, roles)) or "—"
    if report.fallback:
        yield _("when nobody has an address"), recipient_word(report.fallback, roles)
    if report.rows_by:
        shares = [f"{value} → {whose}" for value, whose in share_words(report, roles)]
        yield _("Own rows"), "\n".join([rows_by_words(report, headings), *shares])
    yield _("How it goes"), ", ".join(look_words(report))
    yield _("Only when"), "\n".join(condition_words(report, headings))
    yield _("Texts"), in_words(report)
    yield from _chosen(report)
    yield _("missed runs"), str(report.get_missed_display())
    yield _("wait for the source (hours)"), str(report.wait_hours)
    yield _("keep its rows (days)"), str(report.keep_days)
    yield _("owner"), str(report.owner or "—")
    if report.paused_in_words:
        yield _("paused because"), report.paused_in_words
    yield _("created at"), f"{local(report.created_at)} · {report.created_by}"


def _chosen(report: Report) -> Iterator[tuple[str, str]]:
    """Yield what was chosen of its columns, by the names that `report set` takes."""
    if report.figures:
        yield _("key figures"), ", ".join(map(str, report.figures))
    if report.columns:
        yield _("columns in the mail"), ", ".join(map(str, report.columns))
    if report.order:
        yield (
            _("order"),
            ", ".join(f"{name}:desc" if falls else name for name, falls in report.order),
        )
    if report.group_by:
        yield _("subtotals by"), report.group_by
    for language, words in sorted(report.phone_text.items()):
        yield f"{_('text for the phone')} ({language})", str(words)
