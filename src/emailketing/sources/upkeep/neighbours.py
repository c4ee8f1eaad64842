"""Who else is at a business database: another source of ours, or another installation?"""

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from emailketing.company.models import Identity
from emailketing.sources.capture.errors import CaptureError, Held, NotInstalled
from emailketing.sources.capture.mark import SourceMark
from emailketing.sources.dialects.base import Dialect
from emailketing.sources.dialects.registry import dialect_named
from emailketing.sources.login import login_of
from emailketing.sources.models import Source

if TYPE_CHECKING:
    from sqlalchemy import Connection

Place = frozenset[tuple[str, ...]]


class SourceAlreadyThere(CaptureError):
    sentence = gettext_noop(
        "The source “%(name)s” is attached to this very database already; nothing was changed. Add "
        "what is missing to its connector, or take “%(name)s” out of the database first."
    )


class AttachedByAnother(CaptureError):
    sentence = gettext_noop(
        "Another installation is attached to this database: %(who)s, since %(since)s; nothing was "
        "changed. Both would write to the same people. Take it out there first. Only if it is "
        "gone, or this is a copy of its database, take over (“--take-over”, or the box beside "
        "“Install now”)."
    )


class TakenOver(Held):
    sentence = gettext_noop(
        "Another installation took over this database: %(who)s, on %(since)s. Nothing is read from "
        "it any more. Take this source out, or install it again and take over."
    )


def refuse_neighbours(
    source: Source, connection: "Connection", dialect: Dialect, *, take_over: bool = False
) -> SourceMark:
    """Refuse before anything is touched; return the mark that stands there.

    Raises:
        SourceAlreadyThere: another source here reads this database.
        AttachedByAnother: another installation does, and nobody said that we take over.
    """
    refuse_second_source(source, connection, dialect)
    mark = mark_there(connection, dialect)
    if is_anothers(source, mark) and not take_over:
        raise AttachedByAnother(**words_of(mark))
    return mark


def refuse_second_source(source: Source, connection: "Connection", dialect: Dialect) -> None:
    """Raise `SourceAlreadyThere` when this is the database of a source that is installed."""
    try:
        identity = dialect.identity(connection)
    except NotInstalled:
        return
    place = _place(source, identity)
    for other in _installed(source):
        registered = Identity.objects.filter(scope=other.scope).first()
        if registered and place & _place(other, registered.values):
            raise SourceAlreadyThere(name=other.name)


def refuse_same_address(source: Source) -> None:
    """Refuse already when the address is entered; another way to it is found when we connect."""
    for other in _installed(source):
        if _address(source) == _address(other):
            raise SourceAlreadyThere(name=other.name)


def mark_there(connection: "Connection", dialect: Dialect) -> SourceMark:
    try:
        return dialect.read(connection, limit=0).mark
    except NotInstalled:
        return SourceMark()


def is_anothers(source: Source, mark: SourceMark) -> bool:
    return bool(mark.identity) and mark.identity != source.installation


def words_of(mark: SourceMark) -> dict[str, str]:
    """Return who and since when, for a sentence."""
    since = parse_datetime(mark.since) if mark.since else None
    return {
        "who": mark.holder or _("an unnamed one (mark %(mark)s)") % {"mark": mark.identity[:8]},
        "since": date_format(timezone.localtime(since), "d/m/Y H:i") if since else "—",
    }


def _installed(source: Source) -> list[Source]:
    others = Source.objects.filter(dialect=source.dialect, installed_at__isnull=False)
    return list(others.exclude(pk=source.pk))


def _place(source: Source, identity: dict[str, str]) -> Place:
    """Return what names the database itself; one name in common is enough."""
    return dialect_named(source.dialect).places(login_of(source), identity)


def _address(source: Source) -> tuple[str, ...]:
    return dialect_named(source.dialect).address(login_of(source))
