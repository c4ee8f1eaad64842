"""One destination: what is to go there, and the connections that are kept open to it.

The first connection serves the urgent lane only, when there are at least two: a campaign at full
speed does not make an order wait. The others take what is urgent first, too.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from emailketing.channels.base import (
    AccountFailure,
    ChannelFailure,
    Conversation,
    Envelope,
    Handover,
    HearsPeople,
    HearsReceipts,
    Inbound,
    Phase,
    ReceiptHeard,
)
from emailketing.outbox.classes import URGENT
from emailketing.outbox.job import Job
from emailketing.outbox.queueing.write_out import Material
from emailketing.outbox.sending.link import DestinationSettings
from emailketing.outbox.sending.pace import Pace

logger = logging.getLogger(__name__)

IDLE_SECONDS = 60.0  # an open connection without work is given back after this time
URGENT_AT_MOST, BULK_AT_MOST = 50, 1_000  # messages waiting in memory, per destination
SHUTTING_DOWN = 421
ENOUGH_FOR = 60.0  # seconds without another try at more connections
LOOK_AFTER = 20.0  # seconds: is the line on which receipts come still there?


@dataclass(frozen=True, slots=True, eq=False)
class ClaimedMessage:
    """A claimed message and what it is made of; it is written out when its turn comes."""

    job: Job
    material: Material

    @property
    def is_urgent(self) -> bool:
        return self.job.priority in URGENT


class EngineCallbacks(Protocol):
    """What a destination needs of the engine."""

    def envelope(self, message: ClaimedMessage) -> Envelope | None:
        """Write the message out; None when it cannot be (that is settled then)."""

    def at(self, job: Job) -> AbstractContextManager[None]:
        """Note that this message is being handed over (R24)."""

    async def mark(self, job: Job) -> bool: ...
    async def delivered(
        self, destination: "Destination", job: Job, handover: Handover, peer: str
    ) -> None:
        """Note what became of a hand-over."""

    async def unreachable(
        self, destination: "Destination", job: Job, failure: AccountFailure | ChannelFailure
    ) -> None:
        """Note that no connection could be made for this message."""

    def heard(self, destination: "Destination", told: ReceiptHeard | Inbound) -> None:
        """Note what the far side told by itself."""

    async def line(
        self, destination: "Destination", failure: AccountFailure | ChannelFailure | None
    ) -> None:
        """Note that the line for receipts stands, or why it does not."""

    def wake(self) -> None: ...


class Slot:
    """One connection's place: the conversation, and the message it is busy with."""

    def __init__(self) -> None:
        self.conversation: Conversation | None = None
        self.reached: tuple[object, object] | None = None  # by which code, as whom
        self.message: ClaimedMessage | None = None
        self.announced: tuple[ClaimedMessage, Envelope] | None = None
        self.is_marked = False  # from here on nothing may interrupt it
        self.is_over = False  # one connection too many for the far side
        self.since: float | None = None  # when the far side was last spoken to for a message
        self.alarm: asyncio.Future[None] | None = None
        self.task: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        return self.alarm is not None and not self.alarm.done()

    def is_slow(self, patience: float) -> bool:
        """Whether the far side has not answered for so many seconds."""
        return self.since is not None and time.monotonic() - self.since > patience

    async def close(self) -> None:
        if self.conversation:
            await self.conversation.close()
            self.conversation = None


class Destination:
    """The queues and connections of one destination."""

    def __init__(self, key: int, link: DestinationSettings, engine: EngineCallbacks) -> None:
        self.key = key
        self.link = link
        self._pace = Pace(link.per_second)
        self._engine = engine
        self._urgent: deque[ClaimedMessage] = deque()
        self._bulk: deque[ClaimedMessage] = deque()
        self._slots = [Slot() for _ in range(max(link.connections, 1))]
        self._is_closing = False
        self._enough_until = 0.0  # the far side takes no more connections; by the steady clock

    def room(self, *, urgent: bool) -> int:
        """How many more messages of this lane may wait here; 0 until half of the room is free."""
        waiting, most = self._lane(urgent=urgent)
        free = most - len(waiting)
        return free if free * 2 >= most else 0

    def _lane(self, *, urgent: bool) -> tuple[deque[ClaimedMessage], int]:
        """Return what waits in a lane, and how many may."""
        return (self._urgent, URGENT_AT_MOST) if urgent else (self._bulk, BULK_AT_MOST)

    def follow(self, link: DestinationSettings) -> None:
        """Take over what has changed; connections in use end when they are not needed."""
        self.link, most = link, link.connections
        self._pace.per_second = link.per_second
        if link.listens and not self._slots[0].task:
            self._slots[0].task = asyncio.create_task(self._serve(self._slots[0]))
        self._slots += [Slot() for _ in range(len(self._slots), most)]
        while len(self._slots) > max(most, 1) and not self._slots[-1].task:
            self._slots.pop()

    def _has_work(self, slot: Slot) -> bool:
        return bool(self._urgent or (self._bulk and not self._is_for_urgent(slot)))

    def _is_for_urgent(self, slot: Slot) -> bool:
        return len(self._slots) > 1 and slot is self._slots[0]

    @property
    def is_idle(self) -> bool:
        return not any(self.held())

    def relieve(self, patience: float) -> None:
        """Open more connections, up to the ceiling, while open ones wait for slow answers."""
        if not (self._urgent or self._bulk) or time.monotonic() < self._enough_until:
            return
        slow = sum(slot.is_slow(patience) for slot in self._slots)
        wanted = min(self.link.connections + slow, self.link.ceiling)
        if wanted > len(self._slots):
            self._slots += [Slot() for _ in range(len(self._slots), wanted)]
            self._rouse()

    def only_waits(self, patience: float) -> bool:
        """Whether all that is under way waits for slow answers: nothing of it is a probe (R21)."""
        busy = [slot for slot in self._slots if slot.message]
        return not self._urgent and not self._bulk and all(s.is_slow(patience) for s in busy)

    def put(self, messages: Iterable[ClaimedMessage]) -> None:
        for message in messages:
            (self._urgent if message.is_urgent else self._bulk).append(message)
        self._rouse()

    def held(self) -> list[Job]:
        """Every claim that waits or is busy here: the heartbeat renews them."""
        busy = [slot.message for slot in self._slots if slot.message]
        announced = [slot.announced[0] for slot in self._slots if slot.announced]
        return [message.job for message in (*self._urgent, *self._bulk, *busy, *announced)]

    def empty(self) -> list[Job]:
        """Take out everything that only waits."""
        jobs = [message.job for message in (*self._urgent, *self._bulk)]
        self._urgent.clear()
        self._bulk.clear()
        return jobs

    async def close(self) -> list[Job]:
        """Finish what is being handed over, drop the rest; return the claims that were not used."""
        self._is_closing = True
        tasks = [slot.task for slot in self._slots if slot.task]
        unused = self.empty()
        for slot in self._slots:
            if slot.task and not slot.is_marked:
                unused += [slot.message.job] if slot.message else []
                slot.task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        unused += [slot.announced[0].job for slot in self._slots if slot.announced]
        return unused

    # --- the connections

    def _rouse(self) -> None:
        """Wake as many sleeping connections as there is work, then begin new ones."""
        urgent, bulk = len(self._urgent), len(self._bulk)
        for slot in sorted(self._slots, key=lambda slot: not slot.is_idle):
            wanted = urgent if self._is_for_urgent(slot) else urgent + bulk
            if wanted < 1 or (slot.task and not slot.is_idle):
                continue
            urgent, bulk = (urgent - 1, bulk) if urgent else (urgent, bulk - 1)
            if slot.alarm and not slot.alarm.done():
                slot.alarm.set_result(None)
            elif not slot.task:
                slot.task = asyncio.create_task(self._serve(slot))

    def _take(self, slot: Slot) -> ClaimedMessage | None:
        if self._urgent:
            message = self._urgent.popleft()
        elif self._bulk and not self._is_for_urgent(slot):
            message = self._bulk.popleft()
        else:
            return None
        if self._is_half_empty(message):
            self._engine.wake()
        return message

    def _is_half_empty(self, taken: ClaimedMessage) -> bool:
        """Whether there is room since this one was taken: once, not for each that follows."""
        waiting, most = self._lane(urgent=taken.is_urgent)
        return len(waiting) == most - (most + 1) // 2

    async def _serve(self, slot: Slot) -> None:
        """One connection's life: message after message, then a nap, then the end."""
        try:
            while not self._is_closing and not slot.is_over:
                if self.link.per_second and self._has_work(slot):
                    await self._pace.turn()
                envelope = self._next(slot)
                if envelope:
                    await self._send(slot, envelope)
                elif not await self._nap(slot):
                    break
        except Exception:  # a bug in one message must not stop the others; its lease runs out (R24)
            logger.exception("A connection of the outbox ended unexpectedly")
        finally:
            slot.message, slot.is_marked = None, False
            await slot.close()
            slot.task = None
            if slot.is_over:
                self._slots.remove(slot)
            if not self._is_closing:
                self._put_back(slot)
                self._rouse()

    def _put_back(self, slot: Slot) -> None:
        """Let what was announced on a line that is over wait with the others again."""
        if slot.announced:
            self._bulk.appendleft(slot.announced[0])
            slot.announced = None

    def _next(self, slot: Slot) -> Envelope | None:
        """Return the next message for this connection: the announced one, else from the queues."""
        if slot.announced:
            (slot.message, announced), slot.announced = slot.announced, None
            return announced
        while message := self._take(slot):
            if envelope := self._engine.envelope(message):
                slot.message = message
                return envelope
        return None

    def _announce(self, slot: Slot) -> Envelope | None:
        """Choose the message to begin with while the last one's answer is awaited: bulk only."""
        is_slow = self.link.per_second is not None
        if self._urgent or self._is_for_urgent(slot) or self._is_closing or is_slow:
            return None
        while message := self._take(slot):
            if envelope := self._engine.envelope(message):
                slot.announced = message, envelope
                return envelope
        return None

    async def _nap(self, slot: Slot) -> bool:
        """Sleep until there is work; False when it was long enough to hang up."""
        listens = self.link.listens and slot is self._slots[0]
        if listens and not await self._hold_the_line(slot):
            return True
        slot.alarm = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(LOOK_AFTER if listens else IDLE_SECONDS):
                await slot.alarm
        except TimeoutError:
            return listens and self.link.listens
        finally:
            slot.alarm = None
        return True

    async def _hold_the_line(self, slot: Slot) -> bool:
        """Be there for receipts; False: there is work meanwhile."""
        failure = None
        try:
            await self._conversation(slot)
        except (AccountFailure, ChannelFailure) as error:
            failure = error
        await self._engine.line(self, failure)
        return not self._has_work(slot)

    async def _send(self, slot: Slot, envelope: Envelope) -> None:
        assert slot.message  # noqa: S101 - `_next` has just put it there
        job = slot.message.job
        slot.since = time.monotonic()
        try:
            await self._hand_over(slot, job, envelope)
        finally:
            slot.since = None

    async def _hand_over(self, slot: Slot, job: Job, envelope: Envelope) -> None:
        handover = await self._try(slot, job, envelope)
        if handover is None:
            return
        is_phone = envelope.phone is not None
        if handover.is_closed and self._was_stale(slot, handover, is_phone=is_phone):
            # the server ended a connection that had been open for a while: no fault of the message
            await slot.close()
            handover = await self._try(slot, job, envelope)
            if handover is None:
                return
        peer = slot.conversation.peer if slot.conversation else ""
        if handover.is_closed and not self._is_closing:
            self._put_back(slot)
        await self._engine.delivered(self, job, handover, peer)
        slot.message, slot.is_marked = None, False

    async def _try(self, slot: Slot, job: Job, envelope: Envelope) -> Handover | None:
        """Hand over on this slot's connection, opening it when needed; None: unreachable."""
        try:
            conversation = await self._conversation(slot)
        except (AccountFailure, ChannelFailure) as failure:
            if self._is_extra(slot) and isinstance(failure, ChannelFailure):
                self._leave(slot)
                return None
            slot.message = None
            await self._engine.unreachable(self, job, failure)
            return None
        mark = partial(self._mark, slot, job)
        with self._engine.at(job):
            return await conversation.hand_over(envelope, mark, partial(self._announce, slot))

    def _is_extra(self, slot: Slot) -> bool:
        return slot in self._slots[self.link.connections :]

    def _leave(self, slot: Slot) -> None:
        """The far side takes no connection more: no fault of the sender; the message waits on."""
        self._enough_until = time.monotonic() + ENOUGH_FOR
        message, slot.message = slot.message, None
        if message:
            (self._urgent if message.is_urgent else self._bulk).appendleft(message)
        slot.is_over = True

    async def _conversation(self, slot: Slot) -> Conversation:
        is_usable = slot.conversation and slot.conversation.is_open
        if not is_usable or slot.reached != self.link.where:
            await slot.close()
            where = self.link.where
            slot.conversation = await self.link.connect()
            slot.reached = where
            if isinstance(slot.conversation, HearsReceipts):
                slot.conversation.on_receipt = partial(self._engine.heard, self)
            if isinstance(slot.conversation, HearsPeople):
                slot.conversation.on_inbound = partial(self._engine.heard, self)
        assert slot.conversation  # noqa: S101 - for the type checker
        return slot.conversation

    async def _mark(self, slot: Slot, job: Job) -> bool:
        slot.is_marked = True
        return await self._engine.mark(job)

    @staticmethod
    def _was_stale(slot: Slot, handover: Handover, *, is_phone: bool) -> bool:
        """Whether an old connection ended before this message had got anywhere."""
        if slot.is_marked or handover.is_silent:
            return False
        if is_phone:
            return True
        is_early = handover.phase is Phase.MAIL or handover.reply.code == SHUTTING_DOWN
        is_used = slot.conversation is not None and slot.conversation.count > 1
        return is_early and is_used
