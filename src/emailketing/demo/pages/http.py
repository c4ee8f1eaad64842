"""A request and a response, as far as these pages need them."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, quote, unquote
from wsgiref.types import WSGIEnvironment

from emailketing.demo.database import Database, OperatorTransaction, Row

MOST_BYTES = 1_000_000
USER_COOKIE, NOTE_COOKIE = "operador", "aviso"


@dataclass
class OperatorRequest:
    """What an operator asked for."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    form: Mapping[str, list[str]]
    cookies: Mapping[str, str]
    database: Database
    clock: Callable[[], datetime]
    user: Row = field(default_factory=dict)

    def work(self) -> AbstractContextManager[OperatorTransaction]:
        """Open one transaction of this operator."""
        return self.database.work(user=self.user["codigo"], now=self.clock())

    def look(self) -> AbstractContextManager[OperatorTransaction]:
        """Only read."""
        return self.database.look(now=self.clock())

    def asked(self, name: str) -> str:
        return self.query.get(name, [""])[0].strip()


@dataclass
class Response:
    body: bytes = b""
    status: str = "200 OK"
    headers: list[tuple[str, str]] = field(default_factory=list)

    def remember(self, name: str, value: str) -> "Response":
        cookie = f"{name}={quote(value)}; Path=/; HttpOnly; SameSite=Lax"
        self.headers.append(("Set-Cookie", cookie))
        return self

    def forget(self, name: str) -> "Response":
        self.headers.append(("Set-Cookie", f"{name}=; Path=/; Max-Age=0"))
        return self


def go_to(path: str, note: str = "") -> Response:
    """Send the browser to another page, with a sentence to show there."""
    response = Response(status="303 See Other", headers=[("Location", path)])
    return response.remember(NOTE_COOKIE, note) if note else response


def read_request(
    environ: WSGIEnvironment, database: Database, clock: Callable[[], datetime]
) -> OperatorRequest:
    jar = SimpleCookie(environ.get("HTTP_COOKIE", ""))
    size = min(int(environ.get("CONTENT_LENGTH") or 0), MOST_BYTES)
    body = environ["wsgi.input"].read(size).decode(errors="replace") if size else ""
    return OperatorRequest(
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "/"),
        query=parse_qs(environ.get("QUERY_STRING", "")),
        form=parse_qs(body, keep_blank_values=True),
        cookies={name: unquote(morsel.value) for name, morsel in jar.items()},
        database=database,
        clock=clock,
    )
