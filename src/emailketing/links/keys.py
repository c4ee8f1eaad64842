"""The keys that sign links: their own, encrypted like every secret, replaced at will (S17, S22)."""

import hmac
import secrets
from datetime import datetime

from django.db import transaction

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.common.crypto import SecretUnreadable, decrypt, encrypt
from emailketing.links.models import LinkKey

MAC_BYTES = 12  # 96 bits; S17 asks for 80


def signing_key(now: datetime) -> LinkKey:
    """Return the newest key that this installation can read; the first one is made here."""
    for key in LinkKey.objects.filter(ended_at=None):
        if secret_of(key):
            return key
    return LinkKey.objects.create(secret_encrypted=encrypt(secrets.token_hex(32)), made_at=now)


def secret_of(key: LinkKey) -> bytes:
    """Return the key itself; nothing where it is ended or of another installation."""
    if key.ended_at is not None:
        return b""
    try:
        return decrypt(key.secret_encrypted).encode()
    except SecretUnreadable:
        return b""


def mac_of(secret: bytes, purpose: str, content: bytes) -> bytes:
    """Sign for one purpose: what was signed for another never fits."""
    whole = purpose.encode() + b"\0" + content
    return hmac.new(secret, whole, "sha256").digest()[:MAC_BYTES]


@transaction.atomic
def new_link_key(*, by: Who | str, now: datetime, ends_old: bool = False) -> LinkKey:
    """Sign with a new key from now on; `ends_old`: what older ones signed opens nothing more."""
    ended = LinkKey.objects.filter(ended_at=None) if ends_old else LinkKey.objects.none()
    count = ended.update(ended_at=now)
    key = LinkKey.objects.create(secret_encrypted=encrypt(secrets.token_hex(32)), made_at=now)
    note("new_link_key", by=by, now=now, about=key, changes={"ended": [0, count]})
    return key
