"""A number that only rises, in our database and in a file beside it: who of both is older?

A database put back with `cp`, `.restore` or a dump says the same of itself as before, and would
send again what had left meanwhile. So the number is raised before messages leave, and once more
after the last of them; the file keeps it where no restore of the database reaches.
"""

import json
import logging
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from emailketing.common.os_errors import why
from emailketing.common.plain import Values
from emailketing.company.models import INSTALLATION, SafeMode, Turn
from emailketing.company.safe_mode import enter_safe_mode

logger = logging.getLogger(__name__)
EVERY = timedelta(seconds=1)  # while messages leave: the wire is slower than this
_now_at: dict[str, int] = {}  # our number, by the mark of our database


@dataclass(frozen=True, slots=True)
class Kept:
    """What the file says: of which database, how far, since when."""

    mark: str
    number: int
    at: str


def turn_file() -> Path:
    return Path(settings.HOME) / "turn"


def where_we_are() -> str:
    """Return how far we have come as far as this process knows; "": no message left yet."""
    return next((f"{mark}:{number}" for mark, number in _now_at.items()), "")


def check_turn(now: datetime) -> bool:
    """Compare database and file; False: the database was put back, and safe mode is on."""
    kept = _read()  # first: what is raised meanwhile must not look older than the file
    row = _row()
    if kept is None or kept.mark != row.mark or kept.number <= row.number:
        return True
    facts: Values = {"ours": row.number, "file": kept.number, "at": kept.at}
    enter_safe_mode(INSTALLATION, SafeMode.Kind.RESTORED, facts, now=now)
    return False


def move_on(now: datetime) -> bool:
    """Raise the number in the database, then in the file; False: the database was put back."""
    if not check_turn(now):
        return False
    row = _row()
    Turn.objects.filter(pk=row.pk).update(number=F("number") + 1)
    row.refresh_from_db(fields=["number"])
    _now_at.clear()
    _now_at[row.mark] = row.number
    _write(Kept(row.mark, row.number, now.isoformat()))
    return True


def follow() -> None:
    """Learn from the file how far the process that sends has come."""
    kept = _read()
    if kept is None or _now_at.get(kept.mark) == kept.number:
        return
    row = _row()
    if kept.mark == row.mark and kept.number <= row.number:
        _now_at.clear()
        _now_at[kept.mark] = kept.number


def catch_up(now: datetime) -> None:
    """After an administrator has confirmed: from here on the database leads again."""
    kept, row = _read(), _row()
    if kept is not None and kept.mark == row.mark:
        Turn.objects.filter(pk=row.pk).update(number=max(row.number, kept.number))
    move_on(now)


class TurnPace:
    """Raises the number for the sending engine, a second apart, and once when it rests."""

    def __init__(self) -> None:
        self._at: datetime | None = None
        self._is_owed = False  # something left since

    def sending(self, now: datetime) -> None:
        """Look before messages are handed over."""
        self._is_owed = True
        if self._at is not None and abs(now - self._at) < EVERY:
            check_turn(now)
        elif move_on(now):
            self._at = now

    def resting(self, now: datetime) -> None:
        """A backup made while the last ones left is older than this."""
        if self._is_owed and (self._at is None or abs(now - self._at) >= EVERY):
            self._is_owed = not move_on(now)
            self._at = now


def _row() -> Turn:
    return Turn.objects.get_or_create(pk=1, defaults={"mark": secrets.token_hex(8)})[0]


def _read() -> Kept | None:
    try:
        found = json.loads(turn_file().read_text())
        return Kept(str(found["mark"]), int(found["number"]), str(found["at"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        logger.warning("%s cannot be read; it is written anew", turn_file())
        return None


def _write(kept: Kept) -> None:
    """Write it so that it stands after a power failure; a full disk stops no message."""
    file, new = turn_file(), turn_file().with_suffix(".new")
    words = {"mark": kept.mark, "number": kept.number, "at": kept.at}
    try:
        with new.open("w") as out:
            json.dump(words, out)
            out.flush()
            os.fsync(out.fileno())
        new.replace(file)
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        sentence = _("The turn of our database cannot be written into %(file)s: %(why)s.")
        logger.warning("%s", sentence % {"file": file, "why": why(error)})
