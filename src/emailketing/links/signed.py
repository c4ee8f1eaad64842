"""A signed link: one purpose, one reader, one thing; read by its signature, ended by its row (98).

`about` and `detail` are texts of whoever makes links: this package knows no report and no campaign.
The signature is made with a key that the row names, over the row's number and the purpose; whoever
changes a letter of it has nothing, and nothing tells him whether the number exists.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from emailketing.links.keys import MAC_BYTES, mac_of, secret_of, signing_key
from emailketing.links.models import SignedLink
from emailketing.links.public_address import public_url

SHORT, LONG = 3, 6  # bytes of a number
LONGEST = 40  # letters of a token
FORGOTTEN_AFTER, MOST_AT_ONCE = timedelta(days=400), 500
PATHS = {"report": "r", "copy": "c", "out": "u"}  # purpose → the first part of its address
NO_KEY = secrets.token_bytes(32)  # unknown numbers take as long to refuse as known ones


class LinkUnknown(Exception):
    """Nobody made such a link: forged, cut, of another purpose, or of a key that was ended."""


class LinkOver(Exception):
    """It was valid once: expired, or revoked."""

    def __init__(self, link: SignedLink) -> None:
        super().__init__()
        self.link = link


@dataclass(frozen=True, slots=True)
class LinkReader:
    """Whose link it is."""

    channel: str
    address: str
    name: str = ""
    language: str = "es"


def make_link(
    purpose: str,
    about: str,
    reader: LinkReader,
    *,
    now: datetime,
    detail: str = "",
    expires_at: datetime | None = None,
) -> SignedLink:
    """Return this reader's link; the same at every attempt, with the same signature."""
    link, _is_new = SignedLink.objects.get_or_create(
        purpose=purpose,
        about=about,
        detail=detail,
        channel=reader.channel,
        address=reader.address.strip().lower(),
        defaults={
            "name": reader.name[:200],
            "language": reader.language,
            "key": signing_key(now),
            "created_at": now,
            "expires_at": expires_at,
        },
    )
    return link


def url_of(link: SignedLink) -> str:
    return f"{pages_begin(link.purpose)}{token_of(link)}"


def pages_begin(purpose: str) -> str:
    """Return what every address of this purpose begins with."""
    return f"{public_url()}/{PATHS[purpose]}/"


def token_of(link: SignedLink) -> str:
    number = link.pk.to_bytes(SHORT if link.pk < 1 << (8 * SHORT) else LONG, "big")
    whole = number + mac_of(secret_of(link.key), link.purpose, number)
    return base64.urlsafe_b64encode(whole).decode()


def open_link(token: str, purpose: str, now: datetime) -> SignedLink:
    """Return the link of this token.

    Raises:
        LinkUnknown: there is none, in whatever way.
        LinkOver: there was.
    """
    link = _read(token, purpose)
    is_expired = link.expires_at is not None and link.expires_at <= now
    if is_expired or link.revoked_at is not None:
        raise LinkOver(link)
    return link


def _read(token: str, purpose: str) -> SignedLink:
    whole = _decoded(token)
    number, signature = whole[:-MAC_BYTES], whole[-MAC_BYTES:]
    found = SignedLink.objects.select_related("key").filter(pk=int.from_bytes(number, "big"))
    link = found.first()
    secret = secret_of(link.key) if link is not None else b""
    fits = hmac.compare_digest(mac_of(secret or NO_KEY, purpose, number), signature)
    if link is None or not secret or not fits or link.purpose != purpose:
        raise LinkUnknown
    return link


def _decoded(token: str) -> bytes:
    """Read the letters; a token has one way to be written (S17)."""
    try:
        whole = base64.urlsafe_b64decode(token.encode("ascii")) if len(token) <= LONGEST else b""
    except ValueError as error:  # also of what is not ASCII
        raise LinkUnknown from error
    is_ours = len(whole) - MAC_BYTES in (SHORT, LONG)
    if not is_ours or base64.urlsafe_b64encode(whole).decode() != token:
        raise LinkUnknown
    return whole


def note_look(link: SignedLink, now: datetime, *, is_machine: bool) -> None:
    """Count a look; those of programs apart (S19)."""
    if is_machine:
        SignedLink.objects.filter(pk=link.pk).update(machine_looks=F("machine_looks") + 1)
        return
    SignedLink.objects.filter(pk=link.pk, first_look_at=None).update(first_look_at=now)
    SignedLink.objects.filter(pk=link.pk).update(looks=F("looks") + 1, last_look_at=now)


def forget_links(now: datetime) -> int:
    """Forget links that have been over for long: then they are unknown."""
    old = SignedLink.objects.filter(expires_at__lte=now - FORGOTTEN_AFTER)
    some = list(old.order_by("expires_at").values_list("pk", flat=True)[:MOST_AT_ONCE])
    return old.filter(pk__in=some).delete()[0] if some else 0


def erase_links(address: str) -> int:
    """Forget every link of somebody who is erased: whoever opens one hears that it is none."""
    return SignedLink.objects.filter(address=address.strip().lower()).delete()[0]


def revoke(links: QuerySet[SignedLink], *, by: str, now: datetime) -> int:
    """End these links; whoever calls notes it with what it concerns."""
    return links.filter(revoked_at=None).update(revoked_at=now, revoked_by=by[:150])
