"""What everybody must know on every page, worst first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from emailketing.common.open_files import open_files, open_sentence
from emailketing.company.beat import (
    is_published_alive,
    is_reporting_alive,
    is_sending_alive,
    is_worker_alive,
    last_beat,
)
from emailketing.company.models import Company, SafeMode
from emailketing.company.safe_mode import sentence
from emailketing.web.console.frame.shapes import UrlPart


@dataclass(frozen=True)
class Banner:
    """One line across the page; tone: bad (red), warn (yellow) or live (slim)."""

    tone: str
    icon: str
    title: str
    text: str
    url: str = ""
    link: str = ""


def banners_for(request: HttpRequest, now: datetime) -> list[Banner]:
    user: Any = request.user
    if not user.is_authenticated or not user.is_staff:
        return []
    company = getattr(request, "company", None) or Company.get()
    found = [_safe_mode(mode) for mode in SafeMode.objects.filter(confirmed_at=None)]
    if company.is_stopped:
        found.append(_stopped())
    found += _not_running(now)
    if user.has_perm("accounts.change_user") and (paths := open_files()):
        found.append(_open(paths))
    found.append(_live() if company.is_live else _sandbox())
    return found


def _safe_mode(mode: SafeMode) -> Banner:
    text = sentence(mode)
    url = address("console:safe_mode", mode.pk)
    return Banner("bad", "gpp_maybe", _("Safe mode."), text, url, _("Look and decide"))


def _stopped() -> Banner:
    text = _("Nothing leaves, not even to the test inbox. What happens meanwhile waits.")
    return Banner(
        "bad",
        "front_hand",
        _("Everything is stopped."),
        text,
        address("console:company"),
        _("Company"),
    )


def _not_running(now: datetime) -> Iterator[Banner]:
    """Without a worker most often nothing runs: one banner says so."""
    is_sending = is_sending_alive(now)
    if not is_worker_alive(now):
        yield _no_worker(is_sending=is_sending)
        return
    if not is_sending:
        yield _no_sending()
    if not is_reporting_alive(now):
        yield _no_reports()
    if not is_published_alive(now):
        yield _no_published()


def _no_worker(*, is_sending: bool) -> Banner:
    """Sending is a process of its own: what is queued may still leave."""
    missing = _("Nothing is read or decided.") if is_sending else _("Nothing is read or sent.")
    text = (
        _("Start it with “emailketing serve”.")
        if last_beat() is None
        else _("Look at the log of “emailketing serve” and start it again.")
    )
    return Banner("bad", "heart_broken", _("The worker is not running."), f"{missing} {text}")


def _no_sending() -> Banner:
    text = _(
        "What is queued waits. It is started again by itself; if this stays, look at the log of"
        " “emailketing serve” and start it again."
    )
    return Banner("bad", "heart_broken", _("Sending is not running."), text)


def _no_reports() -> Banner:
    text = _(
        "Their runs wait. They are started again by themselves; if this stays, look at the log of"
        " “emailketing serve” and start it again."
    )
    return Banner("bad", "heart_broken", _("Reports are not made."), text)


def _no_published() -> Banner:
    text = _(
        "Links in messages lead nowhere. It is started again by itself; if this stays, look at the"
        " log of “emailketing serve” and start it again."
    )
    return Banner("bad", "heart_broken", _("Signed pages do not answer."), text)


def _open(paths: list[Path]) -> Banner:
    title = _("Files open to others.")
    return Banner("warn", "no_encryption", title, open_sentence(paths))


def _sandbox() -> Banner:
    text = _("No message reaches its recipient: all of them land in the test inbox.")
    return Banner(
        "warn", "science", _("Test mode."), text, address("console:inbox"), _("Open the test inbox")
    )


def _live() -> Banner:
    text = _("Messages reach their recipients.")
    return Banner("live", "cell_tower", _("Live."), text, address("console:company"), _("Company"))


def address(view: str, *args: UrlPart) -> str:
    """Return the address of a page, "" where it does not exist."""
    try:
        return reverse(view, args=args)
    except NoReverseMatch:
        return ""
