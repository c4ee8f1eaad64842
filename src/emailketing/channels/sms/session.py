"""One bound connection to an SMS centre: answers find their question, receipts their listener.

Several messages are under way at once; each waits for its own answer. When the connection ends,
every waiting one learns it at once: whoever had written its bytes is in doubt (R3).
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from emailketing.channels.base import Inbound, ReceiptHeard
from emailketing.channels.sms import codes
from emailketing.channels.sms.account import SmppAccount
from emailketing.channels.sms.pdu import (
    HIGHEST_SEQUENCE,
    RESPONSE,
    Bind,
    Command,
    Pdu,
    PduInvalid,
    PduReader,
    ShortMessage,
    pack_bind,
    pack_id,
    pack_message,
    read_message,
)
from emailketing.channels.sms.receipt import inbound_of, receipt_of
from emailketing.common.said import say as _

logger = logging.getLogger(__name__)

LONGEST_REST = 30.0  # seconds between tries while the centre says that it is too fast
MOST_UNKEPT = 1_000  # receipts in memory until somebody listens and writes them down


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the centre may take, in seconds."""

    connect: float = 30.0
    bind: float = 30.0
    answer: float = 120.0
    enquire: float = 30.0  # of silence, then we ask; as long again without an answer ends it
    goodbye: float = 5.0
    rest: float = 1.0  # after “too fast”; doubled each time


class LineLost(Exception):
    """The connection ended, or no answer came; the words are part of a sentence."""


class Session(asyncio.Protocol):
    """Speaks SMPP on a connection; `bind` first."""

    def __init__(self, account: SmppAccount, patience: Patience, *, listens: bool = True) -> None:
        self._loop = asyncio.get_running_loop()
        self._account = account
        self._patience = patience
        self._listens = listens
        self._reader = PduReader()
        self._sequence = 0
        self._waiting: dict[int, asyncio.Future[Pdu]] = {}
        self._transport: asyncio.Transport | None = None
        self._lost = ""
        self._is_leaving = False
        self._heard_at = self._loop.time()
        self._watch: asyncio.Task[None] | None = None
        self._on_receipt: Callable[[ReceiptHeard], None] | None = None
        self._on_inbound: Callable[[Inbound], None] | None = None
        self._early: list[ReceiptHeard | Inbound] = []
        self._unkept = 0
        self._rest = 0.0
        self._rests_until = 0.0
        self.window = asyncio.Semaphore(account.window)

    @property
    def is_open(self) -> bool:
        return bool(self._transport) and not self._lost and not self._is_leaving

    @property
    def on_receipt(self) -> Callable[[ReceiptHeard], None] | None:
        return self._on_receipt

    @on_receipt.setter
    def on_receipt(self, listener: Callable[[ReceiptHeard], None]) -> None:
        self._on_receipt = listener
        self._hear_early()

    @property
    def on_inbound(self) -> Callable[[Inbound], None] | None:
        return self._on_inbound

    @on_inbound.setter
    def on_inbound(self, listener: Callable[[Inbound], None]) -> None:
        self._on_inbound = listener
        self._hear_early()

    # --- what the caller may do

    async def bind(self) -> Pdu:
        """Sign in; return the centre's answer.

        Raises:
            LineLost: it hung up or said nothing.
            PduInvalid: user or password are longer than SMPP allows.
        """
        account = self._account
        body = pack_bind(Bind(account.username, account.password, account.system_type))
        answer = await self._ask(Command.BIND_TRANSCEIVER, body, self._patience.bind)
        if answer.status == codes.OK:
            self._watch = self._loop.create_task(self._keep_alive())
        return answer

    async def submit(self, message: ShortMessage) -> Pdu:
        """Send one message or part and wait for its answer.

        Raises:
            LineLost: nobody knows whether the centre took it.
            PduInvalid: it cannot be said in SMPP; nothing was sent.
        """
        answer = await self._ask(Command.SUBMIT_SM, pack_message(message), self._patience.answer)
        self._pace(answer)
        return answer

    def must_be_open(self) -> None:
        """Check that a message can be sent.

        Raises:
            LineLost: it cannot.
        """
        if not self.is_open:
            raise LineLost(self._lost or _("the SMS centre hung up"))

    async def rested(self) -> None:
        """Wait while the centre wants to be left alone."""
        while (wait := self._rests_until - self._loop.time()) > 0 and self.is_open:
            await asyncio.sleep(wait)

    @property
    def rest(self) -> float:
        """How many seconds the centre wants to be left alone."""
        return max(self._rests_until - self._loop.time(), 0.0)

    async def close(self) -> None:
        """Say goodbye and hang up."""
        if self.is_open:
            self._is_leaving = True
            with suppress(LineLost):
                await self._ask(Command.UNBIND, b"", self._patience.goodbye)
        if self._transport:
            self._transport.close()  # gives away what is still to be written: receipts' answers
        self._end(_("we hung up"), at_once=False)

    def hang_up(self) -> None:
        """End it without a word: we were never let in."""
        self._end(_("we hung up"))

    # --- what asyncio tells us

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._loop.time()
        try:
            for pdu in self._reader.feed(data):
                self._hear(pdu)
        except PduInvalid:
            self._end(_("what the SMS centre says is not SMPP"))

    def connection_lost(self, _exc: Exception | None) -> None:
        self._end(_("the SMS centre hung up"))

    # --- questions and answers

    async def _ask(self, command: Command, body: bytes, within: float) -> Pdu:
        if self._lost:
            raise LineLost(self._lost)
        self._sequence = self._sequence % HIGHEST_SEQUENCE + 1
        sequence = self._sequence
        answer: asyncio.Future[Pdu] = self._loop.create_future()
        self._waiting[sequence] = answer
        self._write(Pdu(command, 0, sequence, body))
        try:
            async with asyncio.timeout(within):
                return await answer
        except TimeoutError as error:
            raise LineLost(_("the SMS centre gave no answer within %d seconds") % within) from error
        finally:
            self._waiting.pop(sequence, None)

    def _hear(self, pdu: Pdu) -> None:
        if pdu.is_response:
            answer = self._waiting.get(pdu.sequence)
            if answer and not answer.done():
                answer.set_result(pdu)
        elif pdu.command == Command.DELIVER_SM:
            self._take_delivery(pdu)
        elif pdu.command == Command.ENQUIRE_LINK:
            self._answer(pdu, codes.OK)
        elif pdu.command == Command.UNBIND:
            self._is_leaving = True
            self._answer(pdu, codes.OK)
        else:
            self._write(Pdu(Command.GENERIC_NACK, codes.INVALID_COMMAND, pdu.sequence))

    def _take_delivery(self, pdu: Pdu) -> None:
        """Pass a receipt on, answered when it is kept; a broken one must not stop the others."""
        answer = partial(self._answer, pdu, body=pack_id(""))
        try:
            message = read_message(pdu.body)
        except PduInvalid:
            logger.warning("A receipt of the SMS centre could not be read and was refused")
            answer(codes.INVALID_LENGTH)
            return
        if not self._listens or self._unkept >= MOST_UNKEPT:
            answer(codes.NOT_NOW)  # nobody would keep it: the centre shall say it again
            return

        def kept() -> None:
            self._unkept -= 1
            answer(codes.OK)

        heard = receipt_of(message, id_base=self._account.id_base) or inbound_of(message)
        self._unkept += 1
        self._early.append(replace(heard, on_kept=kept))
        self._hear_early()

    def _hear_early(self) -> None:
        """Pass on what somebody listens for; the rest waits."""
        early, self._early = self._early, []
        for heard in early:
            if isinstance(heard, Inbound) and self._on_inbound:
                self._on_inbound(heard)
            elif isinstance(heard, ReceiptHeard) and self._on_receipt:
                self._on_receipt(heard)
            else:
                self._early.append(heard)

    def _answer(self, pdu: Pdu, status: int, body: bytes = b"") -> None:
        self._write(Pdu(pdu.command | RESPONSE, status, pdu.sequence, body))

    def _write(self, pdu: Pdu) -> None:
        if self._transport and not self._lost:
            self._transport.write(pdu.packed())

    def _pace(self, answer: Pdu) -> None:
        """Leave the centre alone for a while when it says that it is too fast."""
        if answer.status in codes.BUSY and not self.rest:  # the others under way hear it too
            self._rest = min(self._rest * 2 or self._patience.rest, LONGEST_REST)
            self._rests_until = self._loop.time() + self._rest
        elif answer.status == codes.OK:
            self._rest = 0.0
        elif answer.status == codes.NOT_BOUND:
            self._is_leaving = True  # it has forgotten us: the next message binds anew

    async def _keep_alive(self) -> None:
        """Ask after a silence whether somebody is there."""
        pause = self._patience.enquire
        while self.is_open:
            quiet = self._loop.time() - self._heard_at
            if quiet < pause:
                await asyncio.sleep(pause - quiet)
                continue
            try:
                await self._ask(Command.ENQUIRE_LINK, b"", pause)
            except LineLost:
                self._end(_("the SMS centre fell silent"))

    def _end(self, why: str, *, at_once: bool = True) -> None:
        """Tell everyone who waits, once."""
        if self._lost:
            return
        self._lost = why
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(LineLost(why))
        if self._watch and self._watch is not asyncio.current_task():
            self._watch.cancel()
        if self._transport and at_once:
            self._transport.abort()
