"""Whether a sender was tried as it is now: a test of other settings says nothing."""

import json
from datetime import datetime
from enum import StrEnum

from django.utils.crypto import salted_hmac

from emailketing.channels.catalogue import kind_of
from emailketing.channels.declared import LIMITS
from emailketing.channels.models import Sender
from emailketing.common.crypto import SecretUnreadable
from emailketing.common.plain import JSON

SETTINGS = ("kind", "host", "port", "security", "username", "from_address")


class ConnectionStanding(StrEnum):
    """What is known of a sender's connection."""

    UNTRIED = "untried"
    TRIED = "tried"
    FAILED = "failed"


def standing_of(sender: Sender) -> ConnectionStanding:
    """Say whether these very settings were tried, and what came of it."""
    if not sender.tried_at or sender.tried_as != fingerprint(sender):
        return ConnectionStanding.UNTRIED
    return ConnectionStanding.FAILED if sender.tried_why else ConnectionStanding.TRIED


def note_trial(sender: Sender, *, works: bool, sentence: str, now: datetime) -> None:
    """Keep what a test of the connection came to; `sender` may hold values not saved yet."""
    why = "" if works else (sentence[:300] or "—")
    sender.tried_at, sender.tried_as, sender.tried_why = now, fingerprint(sender), why
    if sender.pk:
        Sender.objects.filter(pk=sender.pk).update(
            tried_at=now, tried_as=sender.tried_as, tried_why=why
        )


def tried_senders() -> list[Sender]:
    """Return the active senders whose connection works as far as we know."""
    active = Sender.objects.filter(is_active=True)
    return [sender for sender in active if standing_of(sender) == ConnectionStanding.TRIED]


def fingerprint(sender: Sender) -> str:
    """Return what stands for all that a connection depends on, its password too."""
    try:
        password = sender.password
    except SecretUnreadable:
        password = ""
    values = [getattr(sender, name) for name in SETTINGS]
    text = json.dumps([*values, _on_the_wire(sender), password], sort_keys=True, default=str)
    return salted_hmac("emailketing.channels.tried", text, algorithm="sha256").hexdigest()


def _on_the_wire(sender: Sender) -> JSON:
    """Return its options, without limits that say nothing of the connection."""
    options: JSON = sender.options
    if not isinstance(options, dict):
        return options
    limits = {option.name for option in kind_of(sender.kind).options if option.part == LIMITS}
    return {name: value for name, value in options.items() if name not in limits}
