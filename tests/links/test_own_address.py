"""What our own public address may answer, from a real server with a real certificate."""

import asyncio
import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from django.utils import translation

from emailketing.channels.http.own_address import AddressFault, AddressSeen, look_at
from tests.channels.conftest import server_context


def seen(
    folder: Path,
    answer: bytes,
    *,
    name: str = "localhost",
    believed: bool = True,
    plain: bool = False,
) -> AddressSeen:
    """Ask a server of this test that says one thing."""
    context = None if plain else server_context(folder)
    trust = ssl.create_default_context()
    if context and believed:
        trust.load_verify_locations(folder / "certificate.pem")
    with socket.create_server(("127.0.0.1", 0)) as listener, translation.override("en"):
        thread = threading.Thread(target=serve, args=(listener, context, answer))
        thread.start()
        try:
            url = f"https://{name}:{listener.getsockname()[1]}/reach/abc"
            return asyncio.run(look_at(url, may=lambda _address: True, trust=trust))
        finally:
            thread.join(10)


def serve(listener: socket.socket, context: ssl.SSLContext | None, answer: bytes) -> None:
    came, _where = listener.accept()
    with came, suppress(OSError):
        way = context.wrap_socket(came, server_side=True) if context else came
        with way:
            way.recv(4_000)
            way.sendall(answer)


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nabcdef"


def test_it_tells_the_words_the_certificate_and_where_the_name_leads(tmp_path: Path) -> None:
    found = seen(tmp_path, (OK))
    assert (found.content, found.issuer) == ("abcdef", "localhost")
    assert len(found.sha256) == 64
    assert "127.0.0.1" in found.addresses
    assert found.until > "2026"


def test_s23_no_other_certificate_is_taken(tmp_path: Path) -> None:
    with pytest.raises(AddressFault, match="believed by nobody"):
        seen(tmp_path, (OK), believed=False)
    with pytest.raises(AddressFault, match=r"of another name, not of 127\.0\.0\.1"):
        seen(tmp_path, (OK), name="127.0.0.1")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"HTTP/1.1 301 Moved\r\nLocation: http://evil.test/\r\n\r\n", "leads on to another"),
        (b"HTTP/1.1 404 Not Found\r\n\r\nno", r"something else answers \(404\)"),
        (b"\x00\x01 rubbish", "something else answers"),
        (b"", "something else answers"),
    ],
)
def test_s13_a_redirect_is_not_followed_and_rubbish_is_one_sentence(
    tmp_path: Path, answer: bytes, sentence: str
) -> None:
    with pytest.raises(AddressFault, match=sentence):
        seen(tmp_path, (answer))


def test_never_plain_http(tmp_path: Path) -> None:
    with pytest.raises(AddressFault, match=r"does not speak HTTPS|nobody answers"):
        seen(tmp_path, (b"HTTP/1.1 200 OK\r\n\r\nabcdef"), plain=True)
    with pytest.raises(AddressFault, match="https://"), translation.override("en"):
        asyncio.run(look_at("http://avisos.example.com/"))


def test_an_endless_answer_ends(tmp_path: Path) -> None:
    assert len(seen(tmp_path, (OK + b"x" * 200_000)).content) <= 8_000


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("localhost", "private network"),
        ("10.1.2.3", "private network"),
        ("100.64.0.1", "private network"),
        ("no.such.name.invalid", "no computer of the name"),
    ],
)
def test_s13_a_private_address_is_no_public_one(name: str, sentence: str) -> None:
    with pytest.raises(AddressFault, match=sentence), translation.override("en"):
        asyncio.run(look_at(f"https://{name}/reach/abc"))


def test_a_closed_port_is_one_sentence() -> None:
    with pytest.raises(AddressFault, match="nobody answers"), translation.override("en"):
        asyncio.run(look_at("https://127.0.0.1:9/reach/abc", may=lambda _address: True))
