"""One look at a listing: its rows are read once and kept a while; table and files come from them.

So the table can be turned to another order and taken along as a file without asking the business
again, and table and file show the same (P7).
"""

import json
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex

from django.conf import settings

from emailketing.accounts.who import Who
from emailketing.common.os_errors import why
from emailketing.common.plain import JSON
from emailketing.content.sheet.kept import KeptMissing, KeptSheet, open_kept, write_kept
from emailketing.listings.ask import ask
from emailketing.listings.errors import LookGone, LookNotKept
from emailketing.listings.known import KnownListing
from emailketing.listings.reading.limits import Limits
from emailketing.listings.right import refuse_unseen

LOOKED = Limits(rows=100_000, seconds=30)
KEPT = timedelta(minutes=30)
TOKEN = re.compile(r"\d+-[0-9a-f]{24}")


@dataclass(frozen=True, slots=True)
class Look:
    """The rows of one look; `values`: what was asked for, `was_cut`: there are more of them."""

    token: str
    sheet: KeptSheet
    values: Mapping[str, JSON]
    made_at: datetime
    was_cut: bool
    seconds: float


def take_look(
    known: KnownListing,
    values: Mapping[str, JSON],
    *,
    by: Who,
    now: datetime,
    limits: Limits = LOOKED,
) -> Look:
    """Ask a listing and keep its rows for who looks.

    Raises:
        ListingError, CaptureError, ConnectorError: it gives no answer, or no room to keep it.
    """
    expire_looks(now)
    folder, begun = _folder(), time.monotonic()
    token = f"{_number(by)}-{token_hex(12)}"
    try:
        with ask(known.listing, values, now=now, limits=limits, by=by) as answer:
            sheet = write_kept(folder / f"{token}.sheet", answer.columns, answer.rows)
            seconds = time.monotonic() - begun
            told = {
                "listing": known.name,
                "values": dict(values),
                "made_at": now.isoformat(),
                "was_cut": answer.was_cut,
                "seconds": round(seconds, 2),
            }
        (folder / f"{token}.json").write_text(json.dumps(told), encoding="utf-8")
    except OSError as error:
        raise LookNotKept(why=why(error)) from error
    return Look(token, sheet, values, now, answer.was_cut, seconds)


def kept_look(token: str, known: KnownListing, *, by: Who) -> Look:
    """Return a look that was taken before, by the same person, of the same listing.

    Raises:
        LookGone: it is not kept any more.
        NotForYou: who took it may not see the listing any more.
    """
    if not TOKEN.fullmatch(token) or not token.startswith(f"{_number(by)}-"):
        raise LookGone
    folder = _folder()
    try:
        told = json.loads((folder / f"{token}.json").read_text(encoding="utf-8"))
        sheet = open_kept(folder / f"{token}.sheet")
    except (OSError, ValueError, KeptMissing) as error:
        raise LookGone from error
    if told["listing"] != known.name:
        raise LookGone
    refuse_unseen(known.listing, by)
    made_at = datetime.fromisoformat(told["made_at"])
    return Look(token, sheet, told["values"], made_at, told["was_cut"], told["seconds"])


def _number(by: Who) -> int:
    return by.user.pk if by.user else 0


def expire_looks(now: datetime) -> int:
    """Delete what is kept no longer; return how many files."""
    gone = 0
    for file in _folder().iterdir():
        with suppress(OSError):  # another process was first
            if now.timestamp() - file.stat().st_mtime > KEPT.total_seconds():
                file.unlink()
                gone += 1
    return gone


def _folder() -> Path:
    folder = Path(settings.HOME) / "looks"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
