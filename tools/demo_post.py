"""The demo's post office: customers write to it, and it shows what came by POP3 (RFC 1939).

Small, of one mailbox, on this computer only. The product reads it as it reads any other.
"""

import hashlib
import secrets
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

USER = "avisos@ykuasati.example"


class PostOffice:
    """What lies in the mailbox, and the password that opens it."""

    def __init__(self) -> None:
        self.password = secrets.token_urlsafe(12)
        self.port = 0
        self._mails: list[bytes] = []

    def deliver(self, mail: bytes) -> None:
        self._mails.append(mail)

    def mails(self) -> list[bytes]:
        return list(self._mails)


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """Open it on a free port of this computer."""
    office = PostOffice()

    class Counter(_Counter):
        post = office

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Counter) as server:
        server.daemon_threads = True
        office.port = int(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield office
        finally:
            server.shutdown()


class _Counter(socketserver.StreamRequestHandler):
    """Serves one visit."""

    post: PostOffice
    timeout = 30

    def handle(self) -> None:
        self._user, self._is_in = "", False
        self._mails = self.post.mails()
        self._say("+OK")
        while line := self.rfile.readline(500):
            name, _space, rest = line.decode("utf-8", "replace").strip().partition(" ")
            if name.upper() == "QUIT":
                self._say("+OK")
                return
            self._answer(name.upper(), rest)

    def _answer(self, name: str, rest: str) -> None:
        open_to_all = {"USER": self._name, "PASS": self._let_in, "CAPA": self._offers}
        inside = {"STAT": self._count, "LIST": self._sizes, "UIDL": self._names, "TOP": self._head}
        known: dict[str, Callable[[str], None]] = open_to_all | (inside if self._is_in else {})
        try:
            known[name](rest)
        except (KeyError, ValueError, IndexError):
            self._say("-ERR")

    def _name(self, user: str) -> None:
        self._user = user
        self._say("+OK")

    def _let_in(self, password: str) -> None:
        fits = secrets.compare_digest(password.encode(), self.post.password.encode())
        self._is_in = fits and self._user == USER
        self._say("+OK" if self._is_in else "-ERR")

    def _offers(self, _rest: str) -> None:
        self._list("USER", "TOP", "UIDL")

    def _count(self, _rest: str) -> None:
        self._say(f"+OK {len(self._mails)} {sum(map(len, self._mails))}")

    def _sizes(self, _rest: str) -> None:
        self._list(*(f"{number} {len(mail)}" for number, mail in self._numbered()))

    def _names(self, _rest: str) -> None:
        self._list(
            *(f"{number} {hashlib.sha256(mail).hexdigest()}" for number, mail in self._numbered())
        )

    def _head(self, rest: str) -> None:
        number, _lines = map(int, rest.split())
        head = self._mails[number - 1].partition(b"\r\n\r\n")[0].decode()
        self._list(*head.split("\r\n"), "")

    def _numbered(self) -> Iterator[tuple[int, bytes]]:
        return iter(enumerate(self._mails, 1))

    def _list(self, *lines: str) -> None:
        self._say("+OK", *(f".{line}" if line.startswith(".") else line for line in lines), ".")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
