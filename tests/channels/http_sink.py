"""A gateway's far side: it keeps every request and gives the answers it was told to, also badly."""

import socketserver
import ssl
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Says:
    """One answer. `hangs_up`: none at all; `late`: only when the test lets it."""

    status: int = 200
    body: bytes | str = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    late: bool = False
    breaks_off: bool = False
    then: Callable[["Asked"], None] | None = None

    @property
    def content(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        found = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        return {name: values[0] for name, values in found.items()}

    @property
    def form(self) -> dict[str, str]:
        found = parse_qs(self.body.decode(), keep_blank_values=True)
        return {name: values[0] for name, values in found.items()}


class HttpSink:
    """Serves on 127.0.0.1; the last answer is given again and again."""

    def __init__(self, *answers: Says, tls: ssl.SSLContext | None = None) -> None:
        self.answers = deque(answers or (Says(),))
        self.asked: list[Asked] = []
        self.connections = 0
        self.let_go = threading.Event()
        self._tls = tls

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), self)
        if self._tls:
            self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="http sink"
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://localhost:{self.port}"

    def next_answer(self) -> Says:
        return self.answers.popleft() if len(self.answers) > 1 else self.answers[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], sink: HttpSink) -> None:
        self.sink = sink
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without asking the world for our name."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.sink.connections += 1

    def _answer(self) -> None:
        sink = self.server.sink
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, self.rfile.read(length))
        sink.asked.append(asked)
        says = sink.next_answer()
        if says.late:
            sink.let_go.wait(30)
        if says.then:
            says.then(asked)
        if says.hangs_up:
            self.close_connection = True
            return
        self.send_response(says.status)
        for name, value in says.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in says.headers:
            self.send_header("Content-Length", str(len(says.content)))
        self.end_headers()
        self.wfile.write(says.content)
        self.close_connection = self.close_connection or says.breaks_off

    do_GET = do_POST = do_PUT = _answer  # noqa: N815 - names of the library

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing."""
