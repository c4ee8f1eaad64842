"""One kept-open connection: a pipelined transaction (RFC 2920) that knows the final dot.

The mark `transmitting` is committed by the caller between the last byte of the body and the dot
(R3); whatever ends before the dot handed nothing over, whatever ends after it without a reply is in
doubt.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from emailketing.channels.base import Announce, Envelope, Handover, Mark, Phase, Reply
from emailketing.channels.email.beyond_ascii import asks_for_utf8, fitted, own_letters
from emailketing.channels.email.replies import Nonsense, ReplyReader
from emailketing.common.said import say as _
from emailketing.common.said import sentence_of

# before the dot an end costs nothing but a try, and whoever is silent for a minute is not well
COMMAND_WITHIN, DATA_WITHIN, BLOCK_WITHIN = 60.0, 60.0, 180.0  # seconds
DOT_WITHIN = 600.0  # a shorter patience here makes duplicates (RFC 5321 §4.5.3.2.6)
QUIT_WITHIN = 5.0
GO_AHEAD, SHUTTING_DOWN = 354, 421
OPENING = (Phase.MAIL, Phase.RCPT, Phase.DATA)


class ConnectionEnded(Exception):
    """The far side hung up, fell silent or does not speak SMTP."""


def _is_consent(phase: Phase, reply: Reply) -> bool:
    """Only 354 opens the body: a body sent to a server that waits for commands is smuggling."""
    return reply.code == GO_AHEAD if phase is Phase.DATA else 200 <= reply.code < 300  # noqa: PLR2004 - SMTP's 2xx


class SmtpConversation(asyncio.Protocol):
    """Speaks SMTP over a connection that somebody else opened and signed in."""

    def __init__(
        self, transport: asyncio.Transport, extensions: Mapping[str, str], peer: str
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport = transport
        self._reader = ReplyReader()
        self._replies: deque[Reply] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._lost = ""
        self._is_silent = False
        self._begun: Envelope | None = None
        self.peer = peer
        self.count = 0  # transactions begun on this connection
        self._pipelines = "pipelining" in extensions
        self._takes_dsn = "dsn" in extensions
        self._takes_utf8 = "smtputf8" in extensions
        size = extensions.get("size", "").split()
        self._largest = int(size[0]) if size and size[0].isdigit() else 0
        # “written” must mean “given away”: the mark comes after it. Not high=0: with that asyncio’s
        # TLS pauses at every other call although nothing waits, and never goes on.
        transport.set_write_buffer_limits(high=1, low=0)
        transport.set_protocol(self)

    # --- what asyncio tells us

    def data_received(self, data: bytes) -> None:
        try:
            self._replies.extend(self._reader.feed(data))
        except Nonsense:
            self._end(_("the server does not speak SMTP"))
            self._transport.abort()
            return
        if self._waiter and not self._waiter.done() and self._replies:
            self._waiter.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end((exc and str(exc)) or _("the server hung up"))

    def pause_writing(self) -> None:
        self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._drained and not self._drained.done():
            self._drained.set_result(None)
        self._drained = None

    def _fall_silent(self) -> None:
        self._is_silent = not self._lost
        self._end(_("the server fell silent"))

    def _end(self, why: str) -> None:
        self._lost = self._lost or why
        for future in (self._waiter, self._drained):
            if future and not future.done():
                future.set_result(None)

    # --- what the caller may do

    @property
    def is_open(self) -> bool:
        """Whether another message may be tried; something said unasked is a farewell (421)."""
        is_quiet = self._begun is not None or not self._replies
        return is_quiet and not self._lost and not self._transport.is_closing()

    async def hand_over(
        self, envelope: Envelope, before_dot: Mark, next_up: Announce | None = None
    ) -> Handover:
        """Hand over one message.

        Args:
            envelope: who, to whom, what.
            before_dot: called when the whole body is on its way; False withdraws the message.
            next_up: asked when the body is out: the message to begin with, in one packet with
                the dot, before the reply comes.
        """
        phase = Phase.MAIL
        try:
            refusal = self._unfit(envelope) or await self._open(envelope)
            if refusal:
                return refusal
            phase = Phase.DATA
            fit, note = self._fitted(envelope)
            await self._stream(fit.content)
            if self._replies:  # a verdict before the dot: 421, 552 …
                return self._ended(phase, self._replies.popleft())
            # all of it before the mark: to write it out must not come between mark and dot
            begin = self._begin_if_fit(next_up() if self._pipelines and next_up else None)
            if not await before_dot():
                return self._ended(phase, Reply(0, text=_("withdrawn before the dot")), fenced=True)
            self._must_be_there()
            phase = Phase.DOT
            self._write(b".\r\n" + begin)
            told = self._told(phase, await self._reply(DOT_WITHIN))
            return replace(told, note=note) if note else told
        except ConnectionEnded as error:
            return self._ended(phase, Reply(0, text=sentence_of(error)))
        except BaseException:
            self._transport.abort()  # never the dot without a decision
            raise

    async def noop(self) -> Reply:
        """Ask whether the server is still there.

        Raises:
            ConnectionEnded: it is not.
        """
        self._write(b"NOOP\r\n")
        return await self._reply(COMMAND_WITHIN)

    async def close(self) -> None:
        """Say QUIT and hang up."""
        if self.is_open:
            self._write(b"QUIT\r\n")
            with suppress(ConnectionEnded):  # it was on its way out anyway
                await self._reply(QUIT_WITHIN)
        self._transport.abort()

    # --- one transaction

    def _unfit(self, envelope: Envelope) -> Handover | None:
        """Refuse ourselves what this server cannot take."""
        fit, _note = self._fitted(envelope)
        if not self._takes_utf8 and (text := own_letters(fit)):
            return Handover(Phase.MAIL, Reply(553, "5.6.7", text, is_ours=True))
        if self._largest and len(fit.content) > self._largest:
            text = _("The message is larger than the server takes (%(most)s bytes).")
            text %= {"most": self._largest}
            return Handover(Phase.MAIL, Reply(552, "5.3.4", text, is_ours=True))
        return None

    def _fitted(self, envelope: Envelope) -> tuple[Envelope, str]:
        """Return what this server can take of it, and what that leaves out."""
        return (envelope, "") if self._takes_utf8 else fitted(envelope)

    async def _open(self, envelope: Envelope) -> Handover | None:
        """MAIL, RCPT, DATA, at once where the server allows it; None: it waits for the body."""
        if not self._pipelines:
            return await self._open_step_by_step(envelope)
        if self._begun is None:
            self._write(self._begin(envelope))
        elif self._begun is not envelope:
            raise ConnectionEnded(_("another message had been announced"))
        self._begun = None
        replies = await self._opening_replies()
        refused = next(
            (
                Handover(p, r)
                for p, r in zip(OPENING, replies, strict=False)
                if not _is_consent(p, r)
            ),
            None,
        )
        if refused is None:
            return None
        if replies[-1].code == GO_AHEAD:
            # it waits for a body that nobody is to get: a lone dot, and never mind the answer
            self._write(b".\r\n")
            with suppress(ConnectionEnded):
                await self._reply(DOT_WITHIN)
        return await self._afresh(refused)

    async def _opening_replies(self) -> list[Reply]:
        """Read the three answers; fewer when the far side refused something and then hung up."""
        replies: list[Reply] = []
        for phase in OPENING:
            try:
                reply = await self._reply(DATA_WITHIN if phase is Phase.DATA else COMMAND_WITHIN)
            except ConnectionEnded:
                if any(reply.code >= 400 for reply in replies):  # noqa: PLR2004 - refusals
                    return replies
                raise
            replies.append(reply)
        return replies

    async def _open_step_by_step(self, envelope: Envelope) -> Handover | None:
        self.count += 1
        for phase, command in zip(OPENING, self._commands(envelope), strict=True):
            self._write(command)
            reply = await self._reply(DATA_WITHIN if phase is Phase.DATA else COMMAND_WITHIN)
            if not _is_consent(phase, reply):
                return await self._afresh(Handover(phase, reply))
        return None

    async def _afresh(self, refused: Handover) -> Handover:
        """Wipe what the server remembers of a refused message; after a 421 there is nobody left."""
        if refused.reply.code != SHUTTING_DOWN:
            self._write(b"RSET\r\n")
            with suppress(ConnectionEnded):
                if (await self._reply(COMMAND_WITHIN)).code == 250:  # noqa: PLR2004 - §4.1.1.5
                    return refused
        return self._ended(refused.phase, refused.reply)

    def _begin_if_fit(self, envelope: Envelope | None) -> bytes:
        """Begin with the announced message, unless it is one that we refuse when its turn comes."""
        return self._begin(envelope) if envelope and not self._unfit(envelope) else b""

    def _begin(self, envelope: Envelope) -> bytes:
        """Begin a transaction; return what is to be written for it."""
        self.count += 1
        self._begun = envelope
        return b"".join(self._commands(envelope))

    def _commands(self, envelope: Envelope) -> tuple[bytes, bytes, bytes]:
        mail, rcpt = f"MAIL FROM:<{envelope.mail_from}>", f"RCPT TO:<{envelope.rcpt_to}>"
        fit, _note = self._fitted(envelope)
        if asks_for_utf8(fit):
            mail += " SMTPUTF8"
        if self._takes_dsn and envelope.envid:
            mail += f" RET=HDRS ENVID={envelope.envid}"
            rcpt += " NOTIFY=FAILURE,DELAY"
        if self._largest:
            mail += f" SIZE={len(fit.content)}"
        return f"{mail}\r\n".encode(), f"{rcpt}\r\n".encode(), b"DATA\r\n"

    async def _stream(self, content: bytes) -> None:
        """Send the body with its dots stuffed (S4) and wait until the kernel has all of it."""
        stuffed = content.replace(b"\r\n.", b"\r\n..")
        self._write(b"." + stuffed if stuffed.startswith(b".") else stuffed)
        if self._drained and not self._lost:
            await self._wait(self._drained, BLOCK_WITHIN)
        self._must_be_there()

    def _must_be_there(self) -> None:
        if self._lost:
            raise ConnectionEnded(self._lost)

    def _told(self, phase: Phase, reply: Reply) -> Handover:
        if reply.code == SHUTTING_DOWN:
            return self._ended(phase, reply)
        return Handover(phase, reply)

    def _ended(self, phase: Phase, reply: Reply, *, fenced: bool = False) -> Handover:
        self._lost = self._lost or "ended"
        self._transport.abort()
        silent = self._is_silent
        return Handover(phase, reply, is_fenced=fenced, is_closed=True, is_silent=silent)

    # --- bytes

    def _write(self, data: bytes) -> None:
        if not self._lost:
            self._transport.write(data)

    async def _reply(self, within: float) -> Reply:
        if not self._replies and not self._lost:
            self._waiter = self._loop.create_future()
            await self._wait(self._waiter, within)
        if not self._replies:
            raise ConnectionEnded(self._lost)
        return self._replies.popleft()

    async def _wait(self, future: asyncio.Future[None], within: float) -> None:
        """Wait; silence beyond the limit ends the conversation."""
        alarm = self._loop.call_later(within, self._fall_silent)
        try:
            await future
        finally:
            alarm.cancel()
