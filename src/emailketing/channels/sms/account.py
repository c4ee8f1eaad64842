"""An operator's SMS centre as the wire sees it: where, as whom, and how numbers are written."""

from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

from emailketing.channels.models import Sender
from emailketing.channels.shared_checks import LONGEST_SHORT_CODE
from emailketing.channels.sms.pdu import PduAddress
from emailketing.channels.sms.receipt import ID_BASES
from emailketing.common.plain import Values

WINDOW: Final = 10  # messages under way at once
MOST_WINDOW: Final = 200
LONGEST_NAME: Final = 11  # letters of a sender's name
LONGEST_NUMBER: Final = 15
INTERNATIONAL, SHORT_CODE, LETTERS = (1, 1), (3, 0), (5, 0)  # type of number, numbering plan


class SenderNumberInvalid(Exception):
    """No SMS can be sent from this; the sentence says what can."""


@dataclass(frozen=True, slots=True)
class SmppAccount:
    """Where to bind, and as whom. The password never shows in a `repr` (S22).

    Attributes:
        window: how many messages may wait for their answer at once.
        id_base: the notation of ids in answers when receipts have the other one: hex, decimal.
        data_coding: what this centre calls its own alphabet; 0 nearly everywhere.
    """

    host: str
    port: int
    is_tls: bool = False
    username: str = ""
    password: str = field(default="", repr=False)
    system_type: str = ""
    window: int = WINDOW
    id_base: str = ""
    data_coding: int = 0

    @property
    def peer(self) -> str:
        return f"{self.host}:{self.port}"


def account_of(sender: Sender) -> SmppAccount:
    """Return the sender's account; an option that makes no sense counts as not set.

    Raises:
        SecretUnreadable: the password was stored with a key that is not here.
    """
    options: Values = sender.options or {}
    id_base = str(options.get("id_base") or "")
    return SmppAccount(
        host=sender.host,
        port=sender.port,
        is_tls=sender.security == Sender.Security.TLS,
        username=sender.username,
        password=sender.password,
        system_type=str(options.get("system_type") or "")[:12],
        window=_number(options.get("window"), WINDOW, lowest=1, highest=MOST_WINDOW),
        id_base=id_base if id_base in ID_BASES else "",
        data_coding=_number(options.get("data_coding"), 0, lowest=0, highest=255),
    )


def source_of(value: str) -> PduAddress:
    """Say how a sender's number or name is written: E.164, a short code, up to 11 letters.

    Raises:
        SenderNumberInvalid: with a sentence for the operator.
    """
    digits = value.removeprefix("+")
    if not value:
        return PduAddress("")  # the centre puts in the number of the contract
    if digits.isascii() and digits.isdigit():
        if len(digits) > LONGEST_NUMBER:
            raise SenderNumberInvalid(_("A phone number has 15 digits at most."))
        is_short = len(digits) <= LONGEST_SHORT_CODE and not value.startswith("+")
        return PduAddress(digits, *(SHORT_CODE if is_short else INTERNATIONAL))
    if len(value) > LONGEST_NAME or not (value.isascii() and value.isprintable()):
        raise SenderNumberInvalid(
            _("The name that an SMS comes from has 11 letters at most, without accents or ñ.")
        )
    return PduAddress(value, *LETTERS)


def destination_of(e164: str) -> PduAddress:
    return PduAddress(e164.removeprefix("+"), *INTERNATIONAL)


def _number(value: object, default: int, *, lowest: int, highest: int) -> int:
    try:
        number = int(str(value))
    except ValueError:
        return default
    return min(max(number, lowest), highest)
