"""What people write to us: STOP ends messages to that phone (M2), any word opens WhatsApp's window.

Nothing is answered by itself, and what they wrote is not kept.
"""

import logging
import re
from contextlib import suppress as suppress_error
from dataclasses import replace
from datetime import datetime

from emailketing.channels.base import Inbound
from emailketing.channels.models import Channel, Sender
from emailketing.channels.whatsapp.window import note_word
from emailketing.company.models import Company
from emailketing.contacts.models import Suppression
from emailketing.contacts.phone import PhoneInvalid, phone
from emailketing.contacts.suppress import suppress, suppressed_among

logger = logging.getLogger(__name__)
STOP = frozenset(
    {"stop", "baja", "alto", "cancelar", "parar", "pare", "sair", "salir", "unsubscribe", "end"}
)
START = frozenset({"start", "alta", "iniciar", "começar", "unstop"})
FIRST_WORD = re.compile(r"\W*(\w+)\W*")


def note_inbound(sender: Sender, said: Inbound, *, now: datetime) -> None:
    """Act on what a person wrote; hearing it twice changes nothing."""
    if not said.address:
        return
    said = replace(said, address=_e164(said.address))
    if sender.channel == Channel.WHATSAPP:
        note_word(sender, said.address, at=said.at or now, now=now)
    found = FIRST_WORD.fullmatch(said.text.strip().lower())  # one word: “no pare” is no order
    word = found.group(1) if found else ""
    if word in STOP:
        reason = Suppression.Reason.OPT_OUT
        suppress(said.address, reason, now=now, kind="phone", note=word.upper())
        logger.info("A phone opted out", extra={"action": "opt_out", "sender": sender.pk})
    elif word in START:
        _lift_own(said.address)


def _e164(number: str) -> str:
    """Write the number as the ledger does; some networks leave out the country."""
    for written in (number, number.removeprefix("+")):
        with suppress_error(PhoneInvalid):
            return phone(written, Company.get().country).e164
    return number


def _lift_own(address: str) -> None:
    """Only what the person said can be taken back by the person."""
    for row in suppressed_among([address], kind="phone").get(address, []):
        if row.reason == Suppression.Reason.OPT_OUT and not row.by:
            row.delete()
