"""Checks that senders of several channels have in common."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from emailketing.channels.invalid import SenderInvalid
from emailketing.channels.models import Sender

HIGHEST_PORT = 65_535


def check_filled(sender: Sender, *names: str) -> Iterator[SenderInvalid]:
    for name in names:
        if not getattr(sender, name):
            yield SenderInvalid(_("This must not be empty."), name)


def check_security(sender: Sender, allowed: Iterable[str]) -> Iterator[SenderInvalid]:
    if sender.security not in allowed:
        yield SenderInvalid(_("Encryption is one of: %s.") % ", ".join(allowed), "security")


def check_port(sender: Sender) -> Iterator[SenderInvalid]:
    if not 0 < sender.port <= HIGHEST_PORT:
        yield SenderInvalid(_("A port is a number from 1 to 65535."), "port")
