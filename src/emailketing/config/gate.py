"""The gate before Django: a request goes to a thread only when the whole of it is here.

Django reads a body in the thread that serves the page; whoever sends slowly would hold it. Here
waiting costs no thread, and what is too large or too slow is refused before anybody parses it.
"""

import asyncio
import io
import logging
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from wsgiref.types import WSGIEnvironment

if TYPE_CHECKING:
    from _typeshed import OptExcInfo

from emailketing.common.unwanted import HUNG_UP, Unwanted

logger = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Headers = list[tuple[bytes, bytes]]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

THREADS = 8  # pages being made at the same time
MOST_WAITING = 200  # whole requests that wait for a thread
MOST_BODY = 6_000_000  # bytes: a logo of 5 MB and its form
MOST_STRANGER = 600_000  # bytes without a session: signing in, and what gateways tell
MOST_TOGETHER = 64_000_000  # bytes of all bodies in memory
LONGEST_PAUSE = 15.0  # seconds without a byte
LONGEST_BODY = 120.0  # seconds for the whole of it
LONGEST_SEND = 120.0  # seconds for a client that takes the answer slowly
LONGEST_NUMBER = 12  # digits
WATCHED = ("/healthz", "/readyz")  # a monitor must not queue behind people
REFUSALS = {
    408: b"The request came too slowly.\n",
    413: b"The request is too large.\n",
    503: b"Too much at once. Try again in a moment.\n",
}


class RequestRefused(Exception):
    """The request is not let through; with the status of the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Gone(Exception):
    """Whoever asked has hung up."""


class Gate:
    """An ASGI application before one of WSGI."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]]) -> None:
        self._wsgi = wsgi
        self._pages = ThreadPoolExecutor(THREADS, thread_name_prefix="page")
        self._watchers = ThreadPoolExecutor(1, thread_name_prefix="watch")
        self._held = 0  # bytes
        self._waiting = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            await self._serve(scope, receive, send)
        except RequestRefused as error:
            await _answer(send, error.status, _PLAIN, REFUSALS[error.status])
        except (Gone, TimeoutError):
            logger.debug("a client hung up, or took its answer too slowly")

    async def _serve(self, scope: Message, receive: Receive, send: Send) -> None:
        most = most_of(scope)
        body = bytearray()
        try:
            await self._read(body, receive, most)
            status, headers, content = await self._page(scope, bytes(body), receive)
        finally:
            self._held -= len(body)
        await _answer(send, status, headers, content)

    async def _read(self, body: bytearray, receive: Receive, most: int) -> None:
        """Gather the body, as long as it comes fast enough and is not too large."""
        until = asyncio.get_running_loop().time() + LONGEST_BODY
        more = True
        while more:
            left = until - asyncio.get_running_loop().time()
            try:
                message = await asyncio.wait_for(receive(), max(min(left, LONGEST_PAUSE), 0))
            except TimeoutError as error:
                raise RequestRefused(408) from error
            if message["type"] == "http.disconnect":
                raise Gone
            piece = message.get("body", b"")
            if len(body) + len(piece) > most:
                raise RequestRefused(413)
            if self._held + len(piece) > MOST_TOGETHER:
                raise RequestRefused(503)
            body += piece
            self._held += len(piece)
            more = message.get("more_body", False)

    async def _page(
        self, scope: Message, body: bytes, receive: Receive
    ) -> tuple[int, Headers, bytes]:
        """Have it made; what minds hears of it when whoever asked hangs up meanwhile."""
        if self._waiting >= MOST_WAITING:
            raise RequestRefused(503)
        pool = self._watchers if scope["path"] in WATCHED else self._pages
        hung_up = Unwanted()
        environ = environ_of(scope, body) | {HUNG_UP: hung_up}
        self._waiting += 1
        watching = asyncio.create_task(_watch(receive, hung_up))
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(pool, self._made, environ)
        finally:
            watching.cancel()
            self._waiting -= 1

    def _made(self, environ: WSGIEnvironment) -> tuple[int, Headers, bytes]:
        """Have Django make the page, whole: a slow reader holds no thread either."""
        begun: list[Any] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], _error: "OptExcInfo | None" = None
        ) -> None:
            begun[:] = [int(status.split(" ", 1)[0]), headers]

        made = self._wsgi(environ, start_response)
        try:
            content = b"".join(made)
        finally:
            getattr(made, "close", lambda: None)()
        status, headers = begun
        return (
            status,
            [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in headers],
            content,
        )


async def _watch(receive: Receive, hung_up: Unwanted) -> None:
    """Of a request that is here nothing more comes but that its client is gone."""
    if (await receive())["type"] == "http.disconnect":
        await asyncio.to_thread(hung_up.tell)


def most_of(scope: Message) -> int:
    """Return how large the body may be; refuse at once what says that it is larger."""
    headers = dict(scope["headers"])
    most = MOST_BODY if b"sessionid=" in headers.get(b"cookie", b"") else MOST_STRANGER
    told = headers.get(b"content-length", b"0")
    if not told.isdigit() or int(told[:LONGEST_NUMBER]) > most:
        raise RequestRefused(413)
    return most


def environ_of(scope: Message, body: bytes) -> WSGIEnvironment:
    """Return what WSGI wants to know."""
    server = scope.get("server") or ("localhost", 80)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    return environ | _headers(scope) | {"CONTENT_LENGTH": str(len(body))}


def _headers(scope: Message) -> dict[str, str]:
    """Return the headers by WSGI's names.

    One with an underscore would look like another one with a hyphen, `X_Real_IP` like what only the
    proxy may say: left out.
    """
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        if b"_" in name:
            continue
        known = name.decode("latin-1").upper().replace("-", "_")
        key = known if known == "CONTENT_TYPE" else f"HTTP_{known}"
        glue = "; " if known == "COOKIE" else ","
        text = value.decode("latin-1")
        found[key] = f"{found[key]}{glue}{text}" if key in found else text
    return found


_PLAIN = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]


async def _answer(send: Send, status: int, headers: Headers, content: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    body = {"type": "http.response.body", "body": content, "more_body": False}
    await asyncio.wait_for(send(body), LONGEST_SEND)
