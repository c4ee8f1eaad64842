"""What moves but leads nowhere: each a reasoning over facts that were written down."""

from collections.abc import Iterator

from django.utils.translation import ngettext

from emailketing.common.language import active_language
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
