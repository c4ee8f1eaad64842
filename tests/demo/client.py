"""A browser without a screen: asks the pages and keeps their cookies."""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

from emailketing.demo.pages.app import App

Fields = Mapping[str, str | Sequence[str]]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def problems(self) -> list[str]:
        """Return the sentences that say what is wrong."""
        box = re.search(r'class="problems".*?</div>', self.text, re.DOTALL)
        return re.findall(r"<li>(.*?)</li>", box.group(), re.DOTALL) if box else []


@dataclass
class Client:
    app: App
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, address: str) -> Answer:
        return self._ask("GET", address, b"", {})

    def post(self, address: str, fields: Fields, **environ: str) -> Answer:
        return self._ask("POST", address, urlencode(fields, doseq=True).encode(), environ)

    def post_and_follow(self, address: str, fields: Fields) -> Answer:
        answer = self.post(address, fields)
        assert answer.status == 303, answer.problems or answer.text
        return self.get(answer.headers["Location"])

    def work_as(self, user: str) -> None:
        self.post("/operador", {"operador": user})

    def _ask(self, method: str, address: str, body: bytes, more: Mapping[str, str]) -> Answer:
        path, _, query = address.partition("?")
        environ: dict[str, Any] = {}
        setup_testing_defaults(environ)
        environ |= {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            **more,
        }
        said: dict[str, Any] = {}

        def start(
            status: str, headers: list[tuple[str, str]], _error: Any = None
        ) -> Callable[[bytes], None]:
            said["status"], said["headers"] = status, headers
            return lambda _piece: None

        text = b"".join(self.app(environ, start)).decode()
        for name, value in said["headers"]:
            if name == "Set-Cookie":
                self.cookies |= {key: m.coded_value for key, m in SimpleCookie(value).items()}
        return Answer(int(said["status"][:3]), dict(said["headers"]), text)
