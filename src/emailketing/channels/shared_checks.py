"""Checks that senders of several channels have in common."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

import phonenumbers
from django.utils.translation import gettext as _

from emailketing.channels.invalid import SenderInvalid
from emailketing.channels.models import Sender
from emailketing.common.port import port_problem
from emailketing.company.models import Company

LONGEST_SHORT_CODE: Final = 8
WRITTEN_NUMBER = re.compile(r"\+?[\d\s()./-]*\d[\d\s()./-]*")


def check_filled(sender: Sender, *names: str) -> Iterator[SenderInvalid]:
    for name in names:
        if not getattr(sender, name):
            yield SenderInvalid(_("This must not be empty."), name)


def check_security(sender: Sender, allowed: Iterable[str]) -> Iterator[SenderInvalid]:
    if sender.security not in allowed:
        yield SenderInvalid(_("Encryption is one of: %s.") % ", ".join(allowed), "security")


def check_port(sender: Sender) -> Iterator[SenderInvalid]:
    if problem := port_problem(sender.port):
        yield SenderInvalid(problem, "port")


def check_our_number(sender: Sender) -> Iterator[SenderInvalid]:
    """Keep our number as every country writes it; a short code or a name stays as it is."""
    value = sender.from_address
    digits = "".join(sign for sign in value if sign.isdigit())
    is_short = len(digits) <= LONGEST_SHORT_CODE and not value.startswith(("+", "0"))
    # digits alone are what a gateway may want them to be
    is_plain = digits == value and not value.startswith("0")
    if not WRITTEN_NUMBER.fullmatch(value) or is_short or is_plain:
        return
    try:
        parsed = phonenumbers.parse(value, Company.get().country)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is not None and phonenumbers.is_valid_number(parsed):
        sender.from_address = phonenumbers.format_number(
            parsed, phonenumbers.PhoneNumberFormat.E164
        )
        return
    sentence = _(
        "“%(value)s” is no number of a phone. Write it with its country: +595 981 123 456."
    )
    yield SenderInvalid(sentence % {"value": value[:40]}, "from_address")
