"""Somebody opens the public address from outside, once: what no look from here can show (97)."""

import hmac
import secrets
from datetime import datetime, timedelta
from ipaddress import ip_address

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.channels.http.address import is_public
from emailketing.common.said import say as _
from emailketing.links.check_address import hash_of, keep
from emailketing.links.models import PublicAddress
from emailketing.links.public_address import known_address, public_url

VALID = timedelta(hours=24)
PATH = "/outside/"
VISITOR = "a visitor from outside"


class NotFromOutside(Exception):
    """This look says nothing; the sentence says why."""


def ask_from_outside(*, by: Who | str, now: datetime) -> str:
    """Return a link, valid once and for a day, to be opened by a phone without the office's Wi-Fi.

    Raises:
        NotFromOutside: no public address is set.
    """
    url = public_url()
    if not url:
        raise NotFromOutside(_("Set the public address first."))
    token = secrets.token_urlsafe(12)
    known = keep(url, outside_asked=hash_of(token), outside_until=now + VALID)
    note("asked_from_outside", by=by, now=now, about=known)
    return f"{url}{PATH}{token}"


def is_asked(token: str, now: datetime) -> bool:
    """Say whether this is the link that was asked for."""
    known = PublicAddress.objects.first()
    if known is None or known.outside_until is None or known.outside_until < now:
        return False
    return hmac.compare_digest(known.outside_asked, hash_of(token))


def confirm_from_outside(token: str, visitor: str, *, now: datetime) -> PublicAddress:
    """Keep that it was opened from outside; the link is used up.

    Args:
        token: of the link.
        visitor: the network address of whoever opened it, as far as the proxy tells it.
        now: when.

    Raises:
        NotFromOutside: the link is not valid (any more), or the visitor is inside.
    """
    if not is_asked(token, now):
        raise NotFromOutside(_("This link is not valid any more. Ask for a new one."))
    seen = _outside(visitor)
    known = keep(
        public_url(), outside_asked="", outside_until=None, outside_at=now, outside_from=seen
    )
    changes = {"opened from": ["", seen]}
    note("seen_from_outside", by=VISITOR, now=now, about=known, changes=changes, came_from=seen)
    return known


def _outside(visitor: str) -> str:
    """Return the visitor's address; empty where the proxy does not tell it.

    Raises:
        NotFromOutside: it is one of the office's.
    """
    try:
        address = ip_address(visitor)
    except ValueError:
        return ""
    if address.is_loopback:
        return ""
    if not is_public(address) or str(address) in known_address().addresses:
        sentence = _(
            "This device is in the same network as the server (%(address)s): switch its Wi-Fi off "
            "and open the link again."
        )
        raise NotFromOutside(sentence % {"address": str(address)})
    return str(address)
