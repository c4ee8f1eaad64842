"""One look at the ledger: the brakes, the senders, and a block of work for those with room."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from emailketing.channels.base import AccountFailure
from emailketing.channels.models import Sender
from emailketing.channels.registry import adapter
from emailketing.common.crypto import SecretUnreadable
from emailketing.company.turn import TurnPace
from emailketing.outbox.classes import BULK, URGENT
from emailketing.outbox.policy import Brakes, allowance, may_speak, read_brakes
from emailketing.outbox.queueing.material import Library
from emailketing.outbox.sending.claim import ClaimLimit, claim, explain_waiting
from emailketing.outbox.sending.destination import BULK_AT_MOST, URGENT_AT_MOST, ClaimedMessage
from emailketing.outbox.sending.in_flight import InFlight
from emailketing.outbox.sending.link import DestinationSettings, link_of

INBOX = 0  # the destination that is no sender
LANES = ((True, URGENT, URGENT_AT_MOST), (False, BULK, BULK_AT_MOST))
# what an account can depend on: kept open connections begin anew when one of these changes
_SHAPE = (
    *("kind", "host", "port", "security", "username", "password_encrypted", "options"),
    *("from_address", "hook_token", "hook_secret_encrypted"),
)
EXPLAIN_EVERY = timedelta(seconds=5)
Room = Mapping[tuple[int, bool], int]


@dataclass(slots=True)
class Taken:
    """What one look found."""

    brakes: Brakes
    has_suspect: bool = False
    links: dict[int, DestinationSettings] = field(default_factory=dict)
    unreadable: dict[int, str] = field(default_factory=dict)
    on_probation: set[int] = field(default_factory=set)
    messages: list[ClaimedMessage] = field(default_factory=list)

    def by_destination(self) -> dict[int, list[ClaimedMessage]]:
        found: dict[int, list[ClaimedMessage]] = {}
        for message in self.messages:
            key = INBOX if message.job.is_redirected else message.job.sender_id
            found.setdefault(key, []).append(message)
        return found


class Intake:
    """Claims for the engine; runs in the ledger's thread."""

    def __init__(self, in_flight: InFlight) -> None:
        self._in_flight = in_flight
        self._library = Library()
        self._accounts: dict[int, tuple[object, Any]] = {}
        self._explain_at: dict[int, datetime] = {}
        self._pace = TurnPace()

    def take(
        self, room: Room, *, busy: set[int], slow: set[int], has_suspect: bool, now: datetime
    ) -> Taken:
        """Claim what there is room for.

        Args:
            room: how many more messages each (sender or INBOX, is urgent) may take.
            busy: senders with something under way: one that is on probation gets no second probe.
            slow: those of them that only wait for slow answers: there a probe may be tried.
            has_suspect: something that crashed a worker, maybe, is under way: no second one.
            now: the time of the claim.
        """
        taken = Taken(read_brakes(), has_suspect=has_suspect)
        for sender in Sender.objects.all():
            if sender.failure_count:
                taken.on_probation.add(sender.pk)
                if sender.pk in busy - slow:
                    continue
            if self._read_link(sender, taken, now) and self._may_send(sender, taken.brakes, now):
                self._take_from(sender, room, taken, now)
        if taken.messages:
            # a database put back brakes here: the brakes are asked once more at the mark (C20)
            self._pace.sending(now)
        elif not busy:
            self._pace.resting(now)
        return taken

    def _read_link(self, sender: Sender, taken: Taken, now: datetime) -> bool:
        key = [taken.brakes.base_url, *(getattr(sender, name) for name in _SHAPE)]
        known = self._accounts.get(sender.pk)
        is_known = known is not None and known[0] == key
        try:
            account = known[1] if known and is_known else adapter(sender.kind).account_of(sender)
        except (SecretUnreadable, AccountFailure) as error:
            taken.unreadable[sender.pk] = str(error)
            return not taken.brakes.is_live
        self._accounts[sender.pk] = (key, account)
        may_listen = may_speak(sender, taken.brakes, now=now)
        taken.links[sender.pk] = link_of(sender, account, may_listen=may_listen)
        return True

    def _may_send(self, sender: Sender, brakes: Brakes, now: datetime) -> bool:
        allowed = allowance(sender, brakes, now=now)
        if not allowed.most and now >= self._explain_at.get(sender.pk, now):
            explain_waiting(sender.pk, allowed.why, now)
            self._explain_at[sender.pk] = now + EXPLAIN_EVERY
        return allowed.most > 0

    def _take_from(self, sender: Sender, room: Room, taken: Taken, now: datetime) -> None:
        brakes = taken.brakes
        destinations = [sender.pk] if brakes.is_live else [INBOX]
        if brakes.is_live and brakes.safe_scopes:
            destinations.append(INBOX)
        for is_urgent, priorities, most in LANES:
            free = min(room.get((destination, is_urgent), most) for destination in destinations)
            wish = ClaimLimit(
                sender.pk, priorities, free, not taken.has_suspect, self._in_flight.name
            )
            jobs = claim(wish, brakes, now=now)
            taken.has_suspect = taken.has_suspect or any(job.is_suspect for job in jobs)
            if jobs:
                # reading one may be what kills (R24)
                with self._in_flight.at(job.id for job in jobs):
                    material = self._library.gather(jobs)
                taken.messages += [ClaimedMessage(job, material[job.id]) for job in jobs]
