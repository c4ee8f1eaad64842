"""What moves but leads nowhere: each a reasoning over facts that were written down."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emailketing.common.language import active_language
from emailketing.company.models import StepState
from emailketing.sources.models import Source
from emailketing.sources.pending import called, connector_of, ended, unreadable
from emailketing.triggers.alerts.trouble import Kind, Trouble

MOST_NAMED = 3


def unreadable_documents() -> Iterator[Trouble]:
    """Name them: which document, which query, what the database said."""
    reading = [Source.Status.WORKING, Source.Status.TROUBLE]
    for source in Source.objects.filter(status__in=reading, pending__attempts__gt=0).distinct():
        rows = unreadable(source)
        count = rows.count()
        connector = connector_of(source)
        names = [
            f"{called(row, connector, active_language())} ({row.reason})"
            for row in rows[:MOST_NAMED]
        ]
        sentence = ngettext(
            "%(count)s document cannot be read and nobody is told of it: %(names)s It is tried "
            "again by itself. Correct the value or the query.",
            "%(count)s documents cannot be read and nobody is told of them: %(names)s They are "
            "tried again by themselves. Correct the values or the query.",
            count,
        )
        more = " …" if count > MOST_NAMED else ""
        words = {"count": count, "names": ended("; ".join(names)[:300] + more)}
        yield Trouble(Kind.UNREADABLE, str(source.pk), source.name, sentence % words)


def standing_steps(now: datetime) -> Iterator[Trouble]:
    """A step of the worker at one thing for too long, or failing again and again."""
    for step in StepState.objects.all():
        since = step.stands_still_since(now)
        if since is None:
            continue
        if step.failing_since is not None:
            sentence = _(
                "It has failed since %(since)s, %(count)s times: %(error)s It is tried again by "
                "itself; the log says more."
            )
        else:
            sentence = _(
                "It has been at one thing since %(since)s. If it does not go on, start "
                "eMailketing again: nothing is lost by that."
            )
        words = {
            "since": date_format(timezone.localtime(since), "d/m/Y H:i"),
            "count": step.failures,
            "error": ended(step.error),
        }
        yield Trouble(Kind.STANDSTILL, step.name, str(step.get_name_display()), sentence % words)
