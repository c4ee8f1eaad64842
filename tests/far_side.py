"""A real SMTP server (aiosmtpd) that keeps what it accepts and misbehaves by script.

`script("rcpt", "ana@cliente.test", "450 4.2.0 later")` gives that answer the next time this address
comes up in that phase; afterwards the server behaves again. `HANG_UP` ends the connection without
an answer. What was accepted is kept *before* the answer goes out, as a durable server does.
"""

import asyncio
import re
import ssl
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import AnyStr

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HANG_UP = "hang up"
Answer = str | Callable[[], str | None] | None


@dataclass(frozen=True)
class Received:
    mail_from: str
    rcpt_to: str
    content: bytes
    connection: int

    @property
    def message_id(self) -> str:
        return str(message_from_bytes(self.content)["Message-ID"])


@dataclass
class Ways:
    """How the server is set up."""

    pipelining: bool = True
    extensions: tuple[str, ...] = ()
    tls: ssl.SSLContext | None = None
    starttls: ssl.SSLContext | None = None
    password: str = ""
    has_auth: bool = True
    size: int = 60_000_000
    most: int = 0  # connections it takes; 0: any number
    utf8: bool = False


@dataclass
class FarSide:
    ways: Ways = field(default_factory=Ways)
    received: list[Received] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    _script: dict[tuple[str, str], deque[Answer]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    _news: threading.Condition = field(default_factory=threading.Condition)

    def script(self, phase: str, address: str, *answers: Answer) -> None:
        """Say what happens the next times in this phase: mail, rcpt, data (after the dot)."""
        self._script[phase, address].extend(answers)

    def wait_for(self, count: int, seconds: float = 20) -> list[Received]:
        with self._news:
            done = self._news.wait_for(lambda: len(self.received) >= count, seconds)
        assert done, f"{len(self.received)} of {count} messages arrived"
        return self.received

    def copies(self, message_id: str) -> int:
        return sum(mail.message_id == message_id for mail in self.received)

    # --- called by the server

    async def next_answer(self, phase: str, address: str) -> str | None:
        for key in (address, "*"):
            if self._script[phase, key]:
                answer = self._script[phase, key].popleft()
                return await asyncio.to_thread(answer) if callable(answer) else answer
        return None

    def keep(self, mail: Received) -> None:
        with self._news:
            self.received.append(mail)
            self._news.notify_all()

    async def serve(self, listening: Callable[[], None], stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        sessions: list[_Server] = []

        def session() -> _Server:
            sessions.append(_Server(self))
            return sessions[-1]

        server = await loop.create_server(session, "127.0.0.1", 0, ssl=self.ways.tls)
        self.port = server.sockets[0].getsockname()[1]
        listening()
        await stop.wait()
        server.close()
        for one in sessions:
            one.hang_up()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for _ in range(3):  # let the loop close what was hung up
            await asyncio.sleep(0)


class _Server(SMTP):
    def __init__(self, far_side: FarSide) -> None:
        ways = far_side.ways
        super().__init__(
            _Handler(far_side),
            hostname="far.test",
            ident="far side",
            data_size_limit=ways.size,
            enable_SMTPUTF8=ways.utf8,
            tls_context=ways.starttls,
            authenticator=_authenticator(ways.password) if ways.password else None,
            auth_require_tls=False,
        )
        self.far_side = far_side

    def hang_up(self) -> None:
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def push(self, status: AnyStr) -> None:
        if status == HANG_UP:
            self.hang_up()
            raise ConnectionResetError
        most = self.far_side.ways.most
        if str(status).startswith("220 ") and 0 < most < self.far_side.connections:
            await super().push("421 4.7.0 too many connections")
            if isinstance(self.transport, asyncio.Transport):
                self.transport.close()
            return
        await super().push(status)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802 - the name aiosmtpd asks for
        self.far_side.commands.append(f"MAIL {arg}")
        await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802 - the name aiosmtpd asks for
        self.far_side.commands.append(f"RCPT {arg}")
        await super().smtp_RCPT(arg)


def _authenticator(password: str) -> Callable[..., AuthResult]:
    def check(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        return AuthResult(success=data.password == password.encode(), handled=False)

    return check


class _Handler:
    def __init__(self, far_side: FarSide) -> None:
        self._far_side = far_side
        far_side.connections += 1
        self._number = far_side.connections

    async def handle_EHLO(  # noqa: N802 - the name aiosmtpd asks for
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, lines: list[str]
    ) -> list[str]:
        session.host_name = hostname
        more = [f"250-{name}" for name in self._far_side.ways.extensions]
        if self._far_side.ways.pipelining:
            more.append("250-PIPELINING")
        offered = [line for line in lines if self._far_side.ways.has_auth or "AUTH" not in line]
        return [*offered[:-1], *more, offered[-1]]

    async def handle_MAIL(  # noqa: N802 - the name aiosmtpd asks for
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._far_side.next_answer("mail", address)
        if answer:
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 fine"

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd asks for
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._far_side.next_answer("rcpt", address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 fine"

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd asks for
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        to = envelope.rcpt_tos[0]
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        answer = await self._far_side.next_answer("data", to)
        if answer is None or not re.match(r"[45]", answer):
            self._far_side.keep(Received(envelope.mail_from or "", to, content, self._number))
        return answer or "250 2.0.0 kept"


@contextmanager
def far_side(ways: Ways | None = None) -> Iterator[FarSide]:
    """Run a server in a thread of its own until the end of the block."""
    far = FarSide(ways or Ways())
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(far.serve(ready.set, stop)), name="far side"
    )
    thread.start()
    assert ready.wait(10)
    try:
        yield far
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
