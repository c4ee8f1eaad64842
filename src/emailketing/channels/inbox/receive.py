"""The SMTP server of the built-in inbox; it listens on this computer only, to who signs in.

Whoever else has an account on the computer must not put mails of his own into it.
"""

import asyncio
import hmac
import logging
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from django.db import DatabaseError, close_old_connections, connections

from emailketing.common.own_database import database_sentence

logger = logging.getLogger(__name__)

LARGEST = 60_000_000  # bytes of one message
Store = Callable[[str, str, bytes], object]


class InboxServer:
    """Receives in a thread of its own; answers 250 only when `store` has kept the message.

    With a password it takes messages only from who has signed in with it.
    """

    def __init__(self, store: Store, password: str = "") -> None:
        self._store = store
        self._password = password
        # one thread, one database connection: what arrives is kept in its order
        self._keeper = ThreadPoolExecutor(1, thread_name_prefix="inbox-store")
        self._thread: threading.Thread | None = None

    def start(self, port: int = 0) -> int:
        """Listen on 127.0.0.1 and return the port (0: the kernel chooses a free one).

        Raises:
            OSError: the port is in use.
        """
        listener = socket.create_server(("127.0.0.1", port))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="inbox", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._serve(listener), self._loop).result()
        return int(listener.getsockname()[1])

    def stop(self) -> None:
        """Stop listening and end both threads."""
        if not self._thread:
            return
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _serve(self, listener: socket.socket) -> None:
        self._server = await self._loop.create_server(self._session, sock=listener)

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.run_in_executor(self._keeper, connections.close_all)
        self._keeper.shutdown()

    def _session(self) -> SMTP:
        return SMTP(
            self,
            hostname="inbox.invalid",
            ident="eMailketing inbox",
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            loop=self._loop,
            # in plain: it never leaves this computer (S24)
            auth_require_tls=not self._password,
            authenticator=self._check if self._password else None,
        )

    async def handle_EHLO(  # noqa: N802 - the name aiosmtpd asks for
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, lines: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*lines[:-1], "250-PIPELINING", "250-ENHANCEDSTATUSCODES", lines[-1]]

    def _check(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: object
    ) -> AuthResult:
        said = given.password if isinstance(given, LoginPassword) else b""
        is_right = hmac.compare_digest(said, self._password.encode())
        return AuthResult(success=is_right, handled=False)

    async def handle_MAIL(  # noqa: N802 - the name aiosmtpd asks for
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._password and not session.authenticated:
            return "530 5.7.0 Sign in first"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Fine"

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd asks for
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            for recipient in envelope.rcpt_tos:
                await self._loop.run_in_executor(
                    self._keeper, self._keep, envelope.mail_from or "", recipient, content
                )
        except DatabaseError as error:
            logger.warning("%s", database_sentence(error))
            return "451 4.3.0 The inbox cannot keep messages now"
        except Exception:  # whatever went wrong, the message was not kept: the sender tries again
            logger.exception("The built-in inbox could not keep a message")
            return "451 4.3.0 The inbox cannot keep messages now"
        return "250 2.0.0 Kept"

    def _keep(self, mail_from: str, recipient: str, content: bytes) -> None:
        close_old_connections()
        self._store(mail_from, recipient, content)
