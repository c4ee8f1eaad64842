"""Ask our own public address for a one-time token, over the Internet, and remember the answer."""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from emailketing.channels.http.own_address import AddressFault, AddressSeen, look_at
from emailketing.common.plain import Cell
from emailketing.common.said import kept_with, sentence_of
from emailketing.common.said import say as _
from emailketing.links.keys import mac_of, secret_of, signing_key
from emailketing.links.models import PublicAddress
from emailketing.links.public_address import known_address, public_url

EVERY, SOON = timedelta(minutes=10), timedelta(minutes=2)
ANSWERED_WITHIN = timedelta(minutes=2)
PURPOSE = "reach"
PATH = "/reach/"
Look = Callable[[str], AddressSeen]


def look_from_here(url: str) -> AddressSeen:
    return asyncio.run(look_at(url))


def check_due(now: datetime, look: Look = look_from_here) -> int:
    """Look now and then, sooner after a failure."""
    known = known_address()
    every = SOON if known.problem else EVERY
    if not known.url or (known.checked_at is not None and known.checked_at > now - every):
        return 0
    check_address(now, look=look)
    return 1


def check_address(now: datetime, *, look: Look = look_from_here) -> PublicAddress:
    """Ask it and keep what came of it: when it worked, with which certificate, or what is wrong."""
    token = secrets.token_urlsafe(18)
    url = public_url()
    keep(url, asked=hash_of(token), asked_at=now)
    try:
        seen = look(f"{url}{PATH}{token}")
        _check_ours(seen.content, token, now)
    except AddressFault as fault:
        return _failed(url, token, fault, now)
    certificate = {"issuer": seen.issuer, "until": seen.until, "sha256": seen.sha256}
    return keep(
        url,
        asked="",
        checked_at=now,
        worked_at=now,
        problem="",
        said=None,
        certificate=certificate,
        addresses=list(seen.addresses),
    )


def _failed(url: str, token: str, fault: AddressFault, now: datetime) -> PublicAddress:
    known = PublicAddress.objects.first()
    if known is not None and known.asked != hash_of(token):
        return known  # somebody else asked meanwhile: his answer counts
    sentence = sentence_of(fault)
    said = kept_with(sentence)
    return keep(url, asked="", checked_at=now, problem=sentence[:500], said=said)


@transaction.atomic
def keep(url: str, **facts: Cell) -> PublicAddress:
    """Write down what was learnt of this address; what was known of another one is forgotten."""
    known = PublicAddress.objects.select_for_update().first() or PublicAddress()
    if known.url != url:
        known = PublicAddress(pk=known.pk, url=url)
    for name, value in facts.items():
        setattr(known, name, value)
    known.save()
    return known


def answer_to(token: str, now: datetime) -> str:
    """Return what only this installation can answer, to the question it asked just now; or ""."""
    known = PublicAddress.objects.first()
    if known is None or known.asked_at is None or now - known.asked_at > ANSWERED_WITHIN:
        return ""
    if not hmac.compare_digest(known.asked, hash_of(token)):
        return ""
    return _answer(token, now)


def _answer(token: str, now: datetime) -> str:
    secret = secret_of(signing_key(now))
    return mac_of(secret, PURPOSE, token.encode()).hex()


def _check_ours(content: str, token: str, now: datetime) -> None:
    if not hmac.compare_digest(content.strip().encode(), _answer(token, now).encode()):
        raise AddressFault(
            _("Another machine, or another program, answers there: not this installation.")
        )


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
