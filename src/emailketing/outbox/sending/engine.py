"""The sending engine: claims in blocks, hands over on kept-open connections, settles in groups.

One event loop does the talking, one thread (`Ledger`) the database. Everything durable is in the
ledger: an engine may be killed at any point, and another takes over what its leases leave behind.
"""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from time import monotonic
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, connections
from django.utils import translation

from emailketing.channels.base import (
    AccountFailure,
    ChannelFailure,
    Envelope,
    Handover,
    Inbound,
    Phase,
    ReceiptHeard,
    ReplyKind,
)
from emailketing.channels.email.compose import MailInvalid
from emailketing.common.own_database import database_sentence
from emailketing.common.said import say as _
from emailketing.common.said import sentence_of
from emailketing.company.models import Company
from emailketing.content.render import RenderFailed
from emailketing.content.store import StoreMissing
from emailketing.outbox.job import Job
from emailketing.outbox.sending.breaker import ask_to_wait, note_failure, note_success
from emailketing.outbox.sending.claim import LEASE
from emailketing.outbox.sending.destination import ClaimedMessage, Destination
from emailketing.outbox.sending.envelopes import envelope_of
from emailketing.outbox.sending.faults import reach
from emailketing.outbox.sending.in_flight import InFlight, in_flight_folder
from emailketing.outbox.sending.intake import INBOX, Intake, Taken
from emailketing.outbox.sending.ledger import Ledger
from emailketing.outbox.sending.link import DestinationSettings, inbox_link
from emailketing.outbox.sending.put_right import put_right
from emailketing.outbox.sending.receipt_queue import ReceiptQueue
from emailketing.outbox.sending.reclaim import expire, reap_seen
from emailketing.outbox.sending.settle import Result, give_back, renew
from emailketing.outbox.sending.verdict import (
    Outcome,
    Verdict,
    judge,
    kept,
    later,
    refused_account,
    unwritable,
)
from emailketing.outbox.sending.watch import ClockWatch
from emailketing.outbox.wake import woken

logger = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

AFTER_AN_ERROR = 2.0  # seconds: the database is away


@dataclass(frozen=True, slots=True)
class Timing:
    """How often things are looked at, in seconds (reliability §2.3)."""

    poll: float = 1.0  # what the steps queue wakes the engine at once
    reap: float = 15.0
    heartbeat: float = 30.0
    slow: float = 10.0  # no answer for so long: more connections are opened beside that one
    receipts: float = 0.05  # at least, between two groups: a centre may wait for each answer


class Engine:
    """`run` blocks until `stop` is set; `wake` says that there is something new to send."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        inbox: tuple[str, int] | tuple[str, int, str],
        timing: Timing | None = None,
    ) -> None:
        self._clock = clock
        self._inbox = inbox_link(*inbox)
        self._timing = timing or Timing()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._destinations: dict[int, Destination] = {}
        self._on_probation: set[int] = set()
        self._refused: set[int] = set()  # refused with a message: a good line proves nothing
        self._watch = ClockWatch(monotonic)
        self._in_flight = InFlight(in_flight_folder())
        self._intake = Intake(self._in_flight)
        self._dice = Random()  # noqa: S311 - spreads retries, guards nothing

    # --- from other threads

    def run(self, stop: threading.Event) -> None:
        """Send until `stop`; then finish what is being handed over and give back the rest."""
        language = Company.get().language
        connections.close_all()  # from here on only the ledger's thread speaks to the database
        with (
            translation.override(language),
            asyncio.Runner(loop_factory=new_event_loop) as runner,
        ):
            runner.run(self._main(stop))

    def wake(self) -> None:
        """Look at once; safe from any thread."""
        loop = self._loop
        if loop and not loop.is_closed():
            loop.call_soon_threadsafe(self._news.set)

    @property
    def is_busy(self) -> bool:
        """Whether something is on its way; a glance from another thread."""
        return any(not destination.is_idle for destination in list(self._destinations.values()))

    # --- the loop

    async def _main(self, stop: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._ledger = Ledger(self._clock, translation.get_language() or "es")
        self._receipts = ReceiptQueue(self._ledger, self._clock)
        watcher = ThreadPoolExecutor(1, thread_name_prefix="stop")
        stopping = asyncio.ensure_future(self._loop.run_in_executor(watcher, stop.wait))
        stopping.add_done_callback(lambda _: self._news.set())
        chores = [
            asyncio.create_task(self._every(self._timing.reap, self._reap)),
            asyncio.create_task(self._every(self._timing.heartbeat, self._renew)),
            asyncio.create_task(self._every(self._timing.receipts, self._receipts.write_next)),
        ]
        try:
            with woken(self._news.set):
                while not stopping.done() and self._ledger.is_alive:
                    await self._wait_for_news(await self._turn())
        finally:
            for chore in chores:
                chore.cancel()
            await asyncio.gather(*chores, return_exceptions=True)
            await self._close()
            watcher.shutdown(wait=False)

    async def _wait_for_news(self, seconds: float) -> None:
        if seconds:
            waiting = asyncio.ensure_future(self._news.wait())
            await asyncio.wait([waiting], timeout=seconds)
            waiting.cancel()
        self._news.clear()

    async def _turn(self) -> float:
        """Claim a block for whoever has room; return the seconds to wait before the next look."""
        self._news.clear()
        for destination in self._destinations.values():
            destination.relieve(self._timing.slow)
        busy = {key for key, destination in self._destinations.items() if not destination.is_idle}
        slow = {key for key in busy if self._destinations[key].only_waits(self._timing.slow)}
        try:
            taken = await self._ledger.do(
                self._intake.take,
                self._room(),
                busy=busy,
                slow=slow,
                has_suspect=any(job.is_suspect for job in self._held()),
                now=self._clock(),
            )
            await self._note_unreadable(taken)
        except DatabaseError as error:
            logger.warning("%s", database_sentence(error))
            return AFTER_AN_ERROR
        self._on_probation |= taken.on_probation
        self._distribute(taken)
        return 0.0 if self._has_room(taken) else self._timing.poll

    def _room(self) -> dict[tuple[int, bool], int]:
        return {
            (key, urgent): destination.room(urgent=urgent)
            for key, destination in self._destinations.items()
            for urgent in (True, False)
        }

    def _held(self) -> list[Job]:
        return [job for destination in self._destinations.values() for job in destination.held()]

    def _has_room(self, taken: Taken) -> bool:
        """Whether a lane that was filled is half empty already: nothing else says so then."""
        room, filled = self._room(), taken.by_destination().items()
        return any(room[key, message.is_urgent] for key, some in filled for message in some)

    def _distribute(self, taken: Taken) -> None:
        for sender_id, link in taken.links.items():
            if link.listens or sender_id in self._destinations:
                self._destination(sender_id, link).follow(link)
        for gone in set(self._destinations) - set(taken.links) - {INBOX}:
            # deleted, or its password cannot be read: hang up
            destination = self._destinations[gone]
            destination.follow(replace(destination.link, listens=False))
        for key, messages in taken.by_destination().items():
            link = self._inbox if key == INBOX else taken.links[key]
            self._destination(key, link).put(messages)

    def _destination(self, key: int, link: DestinationSettings) -> Destination:
        if key not in self._destinations:
            self._destinations[key] = Destination(key, link, self)
        return self._destinations[key]

    async def _note_unreadable(self, taken: Taken) -> None:
        for sender_id, sentence in taken.unreadable.items():
            if taken.brakes.is_live:
                await self._ledger.do(
                    note_failure, sender_id, sentence, is_account=True, now=self._clock()
                )

    # --- what the destinations ask for

    def envelope(self, message: ClaimedMessage) -> Envelope | None:
        """Write the message out; what cannot be written is settled here (R25)."""
        with self.at(message.job):
            return self._envelope(message)

    def at(self, job: Job) -> AbstractContextManager[None]:
        """Note where it survives us that we are at this message: it is a suspect if we die."""
        return self._in_flight.at([job.id])

    def _envelope(self, message: ClaimedMessage) -> Envelope | None:
        job = message.job
        try:
            return envelope_of(job, message.material)
        except StoreMissing as error:
            self._settle(job, unwritable("attachment", str(error)))
        except RenderFailed as error:
            self._settle(job, unwritable("render", str(error)))
        except MailInvalid as error:
            sentence = _(
                "The mail cannot be written: “%(part)s” holds signs that no mail may hold."
            )
            self._settle(job, unwritable("render", sentence % {"part": error}))
        return None

    async def mark(self, job: Job) -> bool:
        """Commit `transmitting` before the final dot (R3)."""
        return await self._ledger.mark(job)

    async def delivered(
        self, destination: Destination, job: Job, handover: Handover, peer: str
    ) -> None:
        """Settle one hand-over."""
        if handover.is_fenced:
            # the claim is somebody else's by now (then this changes nothing), or a brake was
            # pulled: all that waits is claimed anew, else each is connected for and withdrawn
            await self._try(give_back, [job, *destination.empty()])
            return
        handover = kept(handover)
        verdict = judge(handover, job, now=self._clock(), dice=self._dice)
        if handover.is_accepted:
            reach("after_250")
        self._settle(job, verdict, peer)  # first of all: what follows may be cut short
        if job.is_redirected:
            return
        reply = handover.reply
        if verdict.outcome == Outcome.ACCOUNT:
            self._refused.add(job.sender_id)
            await self._rest(destination, job.sender_id, reply.text, is_account=True)
        elif handover.is_silent:
            why = _("The server does not answer: %(why)s.") % {"why": reply.text}
            await self._rest(destination, job.sender_id, why, is_account=False)
        elif reply.kind is ReplyKind.LATER and reply.wait:
            until = await self._try(ask_to_wait, job.sender_id, reply, now=self._clock())
            await self._try(give_back, destination.empty() if until else [])
        elif handover.is_accepted and job.sender_id in self._on_probation:
            self._on_probation.discard(job.sender_id)
            self._refused.discard(job.sender_id)
            await self._try(note_success, job.sender_id)

    async def unreachable(
        self, destination: Destination, job: Job, failure: AccountFailure | ChannelFailure
    ) -> None:
        """No connection: the message waits, and the sender rests when it happens again."""
        is_account = isinstance(failure, AccountFailure)
        handover = kept(Handover(Phase.CONNECT, failure.reply, is_closed=True))
        now = self._clock()
        if is_account:
            verdict = refused_account(job, handover, until=now + timedelta(minutes=1))
        else:
            verdict = later(job, handover, now=now, dice=self._dice)
        self._settle(job, verdict)
        if not job.is_redirected:
            await self._rest(
                destination, job.sender_id, sentence_of(failure), is_account=is_account
            )

    def heard(self, destination: Destination, told: ReceiptHeard | Inbound) -> None:
        """Keep what the far side told on an open line."""
        self._receipts.hear(destination.key, told)

    async def line(
        self, destination: Destination, failure: AccountFailure | ChannelFailure | None
    ) -> None:
        """The line for receipts: one that cannot be had is a failure of the sender like another."""
        if failure:
            is_account = isinstance(failure, AccountFailure)
            await self._rest(
                destination, destination.key, sentence_of(failure), is_account=is_account
            )
        elif destination.key in self._on_probation - self._refused:
            self._on_probation.discard(destination.key)
            await self._try(note_success, destination.key)

    # --- the rest

    async def _rest(
        self, destination: Destination, sender_id: int, sentence: str, *, is_account: bool
    ) -> None:
        self._on_probation.add(sender_id)
        until = await self._try(
            note_failure, sender_id, sentence, is_account=is_account, now=self._clock()
        )
        if until:
            logger.warning("Sender %s rests until %s", sender_id, until)
            await self._try(give_back, destination.empty())

    def _settle(self, job: Job, verdict: Verdict, peer: str = "") -> None:
        self._ledger.settle(Result(job, verdict, peer, self._clock()))
        if job.is_suspect:
            self._news.set()  # the next one
        level = logging.INFO if verdict.state == "accepted" else logging.WARNING
        code, reason = verdict.reply.code, verdict.reason
        logger.log(level, "Message %s: %s %s %s", job.id, verdict.state, reason, code or "")

    async def _reap(self) -> None:
        now = self._clock()
        jump = self._watch.look(now)
        await self._ledger.do(
            put_right, now, jump=jump or timedelta(), closely=jump is None or bool(jump)
        )
        returned = await self._ledger.do(reap_seen, now)
        await self._ledger.do(expire, now)
        if returned:
            logger.warning("%s messages of a worker that stopped were taken back", returned)
            self._news.set()

    async def _renew(self) -> None:
        jobs = self._held()
        if jobs:
            await self._ledger.do(renew, jobs, lease=LEASE, now=self._clock())

    async def _every(self, seconds: float, chore: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await chore()
            except DatabaseError as error:
                logger.warning("%s", database_sentence(error))
            except Exception:  # the reaper and the heartbeat must go on
                logger.exception("A chore of the outbox failed")
            await asyncio.sleep(seconds)

    async def _try(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Do what is useful but not promised; leases put right what is left undone."""
        try:
            return await self._ledger.do(work, *args, **kwargs)
        except DatabaseError as error:
            logger.warning("%s", database_sentence(error))
            return None

    async def _close(self) -> None:
        await self._write_heard()  # while the lines are there: the far side gets its answer
        closing = [destination.close() for destination in self._destinations.values()]
        for unused in await asyncio.gather(*closing):
            await self._try(give_back, unused)
        await self._write_heard()
        await self._ledger.close()
        self._in_flight.close()

    async def _write_heard(self) -> None:
        with suppress(DatabaseError):  # nobody was told that we have it: it is said again
            await self._receipts.write()


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Use uvloop where there is one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
