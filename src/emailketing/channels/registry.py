"""Which code makes a kind of sender work: looked up by name when it is first needed."""

from functools import cache
from importlib import import_module
from typing import Any

from django.utils.translation import gettext as _

from emailketing.channels.base import AccountFailure, Adapter
from emailketing.channels.models import Channel, Sender

PHONES = frozenset({Channel.SMS.value, Channel.WHATSAPP.value})
_MODULES = {
    Sender.Kind.SMTP: "emailketing.channels.email.smtp",
    Sender.Kind.SMPP: "emailketing.channels.sms.smpp",
    Sender.Kind.GAMMU: "emailketing.channels.sms.gammu",
    Sender.Kind.KANNEL: "emailketing.channels.sms.kannel",
    Sender.Kind.TWILIO: "emailketing.channels.sms.twilio",
    Sender.Kind.HTTP: "emailketing.channels.sms.http",
    Sender.Kind.WHATSAPP: "emailketing.channels.whatsapp.cloud",
}


def is_phone(channel: str) -> bool:
    """Whether messages of this channel go to a number and cost money."""
    return channel in PHONES


@cache
def adapter(kind: str) -> Adapter[Any]:
    """Return what makes this kind of sender work.

    Raises:
        AccountFailure: this installation does not know the kind.
    """
    try:
        module = import_module(_MODULES[Sender.Kind(kind)])
    except (ValueError, ModuleNotFoundError) as error:
        sentence = _("This installation cannot send by “%(kind)s”. Choose another kind of sender.")
        raise AccountFailure(sentence % {"kind": kind}) from error
    found: Adapter[Any] = module.adapter
    return found
