"""The turn that we leave in a business database: who is older, that database or our own?

Each deletion of notes there is preceded by a higher turn (in a moment when writing disturbs nobody,
never while idle). It is noted here as intended before it is written there, so that a worker that
dies in between sees one of two numbers it knows; any other means that one side was put back.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from emailketing.company.turn import where_we_are
from emailketing.sources.capture.errors import NotInstalled
from emailketing.sources.capture.mark import SourceMark
from emailketing.sources.models import Source
from emailketing.sources.visit import Visit


@dataclass(frozen=True, slots=True)
class KnownMark:
    """What we remember of the mark in a source's database."""

    turn: int = 0
    intended: int = 0
    left: str = ""  # the newest change that is stored here and must still stand there
    is_held: bool = False  # nothing is read until an administrator has decided
    own: str = ""  # how far our own turn had come when this was written

    @property
    def highest(self) -> int:
        return max(self.turn, self.intended)


def here() -> str:
    """Say which installation this is, so that people find it."""
    return f"{socket.gethostname()} · {settings.HOME}"[:200]


def known_of(source: Source) -> KnownMark:
    kept: dict[str, Any] = source.marks or {}
    return KnownMark(
        turn=int(kept.get("turn") or 0),
        intended=int(kept.get("intended") or 0),
        left=str(kept.get("left") or ""),
        is_held=bool(kept.get("is_held")),
        own=str(kept.get("own") or ""),
    )


def remember(source: Source, known: KnownMark) -> None:
    source.marks = {
        "turn": known.turn,
        "intended": known.intended,
        "left": known.left,
        "is_held": known.is_held,
        "own": known.own,
    }
    Source.objects.filter(pk=source.pk).update(marks=source.marks)


def stored_up_to(source: Source, uids: list[str]) -> None:
    """Note that this change is ours now and not deleted there yet."""
    if uids:
        remember(source, replace(known_of(source), left=uids[-1]))


def advance(visit: Visit, forget: Iterable[str] | None = None) -> None:
    """Write a higher turn into the business database; delete these notes with it.

    Raises:
        DatabaseBusy: (with notes, even none) it would disturb somebody.
    """
    known = known_of(visit.source)
    turn = max(known.highest, visit.mark.turn if known.turn == 0 else 0) + 1
    turn = known.intended if known.intended > known.turn else turn
    remember(visit.source, replace(known, intended=turn))
    visit.mark = visit.mark.moved(turn, visit.now)
    if not visit.mark.holder:
        visit.mark = replace(visit.mark, holder=here(), since=visit.now.isoformat())
    uids = list(forget or ())
    if uids:
        visit.dialect.forget(visit.connection, uids, visit.mark)
    else:
        is_polite = forget is not None
        try:
            visit.dialect.put_mark(visit.connection, visit.mark, politely=is_polite)
        except NotInstalled:
            return  # our table is gone: whoever mends it writes a mark again
    remember(visit.source, replace(known, turn=turn, intended=turn, own=where_we_are()))


def must_tell(source: Source) -> bool:
    """Whether messages have left since the turn there was raised: a clone of us must see it."""
    place = where_we_are()
    return bool(place) and place != known_of(source).own


def forgotten(source: Source) -> None:
    """Note that nothing stored stands there any more."""
    known = known_of(source)
    if known.left:
        remember(source, replace(known, left=""))


def begin(visit: Visit, before: SourceMark) -> None:
    """Leave our mark when capture is installed or mended; a restore is still to be seen after.

    Args:
        visit: the source and the connection.
        before: the mark that stood there; another's is taken over.
    """
    visit.source.refresh_from_db(fields=["marks"])
    known, is_ours = known_of(visit.source), before.identity == visit.source.installation
    if is_ours and known.turn and before.turn and before.turn != known.turn:
        return
    turn = max(known.highest, before.turn)
    remember(visit.source, replace(known, turn=turn, intended=0, is_held=known.is_held and is_ours))
    visit.mark = before if is_ours else replace(before, holder="", since="")
    advance(visit)
