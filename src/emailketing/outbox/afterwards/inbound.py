"""What people write to us: STOP ends messages to that phone (M2), any word opens free texts (M5).

Nothing is answered by itself, and what they wrote is not kept but for the two words that count: a
call with START that somebody plays again after a later STOP lifts nothing (S20).
"""

import logging
import re
from contextlib import suppress as suppress_error
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from emailketing.channels.answered import note_word
from emailketing.channels.base import Inbound
from emailketing.channels.catalogue import channel_of
from emailketing.channels.models import SaidWord, Sender
from emailketing.company.models import Company
from emailketing.contacts.models import Suppression
from emailketing.contacts.phone import PhoneInvalid, phone
from emailketing.contacts.suppress import Told, suppress, suppressed_among
from emailketing.outbox.afterwards.last_told import last_told
from emailketing.outbox.plain import legible

logger = logging.getLogger(__name__)
STOP = frozenset(
    {"stop", "baja", "alto", "cancelar", "parar", "pare", "sair", "salir", "unsubscribe", "end"}
)
START = frozenset({"start", "alta", "iniciar", "começar", "unstop"})
FIRST_WORD = re.compile(r"\W*(\w+)\W*")


@transaction.atomic
def note_inbound(sender: Sender, said: Inbound, *, now: datetime) -> None:
    """Act on what a person wrote; hearing it twice, or late, changes nothing."""
    if not said.address:
        return
    at = min(said.at or now, now)  # a clock that goes ahead is not believed
    said = replace(said, address=_e164(said.address), at=at)
    if channel_of(sender.channel).answers_within:
        note_word(sender, said.address, at=at, now=now)
    found = FIRST_WORD.fullmatch(said.text.strip().lower())  # one word: “no pare” is no order
    word = found.group(1) if found else ""
    if word not in STOP | START or not _is_news(sender, said, at, stops=word in STOP):
        return
    if word in STOP:
        reason = Suppression.Reason.OPT_OUT
        message = last_told(said.address, at, channels=(sender.channel,))
        told = Told(via=Suppression.Via.STOP, note=word.upper(), message=message)
        suppress(said.address, reason, now=at, kind="phone", told=told)
        logger.info("A phone opted out", extra={"action": "opt_out", "sender": sender.pk})
    else:
        _lift_own(said.address, at)


def _is_news(sender: Sender, said: Inbound, at: datetime, *, stops: bool) -> bool:
    """Remember the word; whether it is heard for the first time, and is the phone's latest."""
    address = said.address[:40]
    latest = SaidWord.objects.filter(address=address).order_by("-at", "-stops").first()
    values = {"address": address, "stops": stops, "at": at}
    if reference := legible(said.reference):
        known_as = {"sender": sender, "reference": reference[:120]}
        _row, is_new = SaidWord.objects.get_or_create(**known_as, defaults=values)
    else:
        _row, is_new = SaidWord.objects.create(sender=sender, **values), True
    # two words of one second: STOP holds, whichever was told first
    is_latest = latest is None or at > latest.at or (at == latest.at and stops)
    if not (is_new and is_latest):
        logger.info("A word of a phone was repeated or came late: nothing is changed by it")
    return is_new and is_latest


def _e164(number: str) -> str:
    """Write the number as the ledger does; some networks leave out the country."""
    for written in (number, number.removeprefix("+")):
        with suppress_error(PhoneInvalid):
            return phone(written, Company.get().country).e164
    return number


def _lift_own(address: str, at: datetime) -> None:
    """Only what the person said before can be taken back by the person."""
    for row in suppressed_among([address], kind="phone").get(address, []):
        if row.reason == Suppression.Reason.OPT_OUT and _is_own(row) and row.at <= at:
            row.delete()


def _is_own(row: Suppression) -> bool:
    """By a word or on the page of a link: not what somebody here noted for the person."""
    return row.via != Suppression.Via.OPERATOR
