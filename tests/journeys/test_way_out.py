"""The way out as its reader has it: from the mail by HTTPS, at 390 px, by keyboard, no scripts.

And as programs take it: the request of a large provider, byte by byte, on the published port
(RFC 8058; U1, U2, U4, B5).
"""

import contextlib
import html
import re
import socket
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.quick import ask, messages, run_several
from tests.journeys.stage import Stage, free_port, wait_until
from tests.journeys.test_report_clicked import received
from tests.journeys.test_signed_page import (
    HOST,
    READER,
    URL,
    Proxy,
    make_known,
    outside,
    send,
    visitor,
)

pytestmark = [pytest.mark.slow, pytest.mark.browser]
RUN, OWN = ("report", "run", "1", "--again"), ("report", "run", "2", "--again")
MOST_TABS = 30
AS_PROVIDERS = {
    "HTTP/1.1, urlencoded": (
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Google-Unsubscribe\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 26\r\n"
        "Connection: close\r\n\r\nList-Unsubscribe=One-Click"
    ),
    "HTTP/1.0, nothing but what it must": (
        "POST {path} HTTP/1.0\r\nHost: {host}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: 26\r\n\r\nList-Unsubscribe=One-Click"
    ),
}


def one_click_link(mail: EmailMessage) -> str:
    """Return what the mail program's button posts to; the same stands in the letter."""
    (link,) = re.findall(rf"<({URL}/u/[\w-]+)>", str(mail["List-Unsubscribe"]))
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        assert link in html.unescape(body.get_content())
    return str(link)


def states_of_reader(stage: Stage) -> list[str]:
    return [str(one["state"]) for one in messages(stage) if one["address"] == READER]


def told(stage: Stage, count: int) -> None:
    """Wait until the reader has so many messages in all."""
    wait_until(lambda: states_of_reader(stage).count("accepted") >= count)
    assert states_of_reader(stage).count("accepted") == count


def nothing_more(stage: Stage, times: int) -> None:
    """Wait until so many runs have found nobody who wants them."""
    done = "SELECT id FROM schedule_run WHERE state = 'empty'"
    wait_until(lambda: len(ask(stage.database, done)) == times)


def press(page: Page, name: str) -> None:
    """Go to a button by the tabulator alone, and press it."""
    wanted = page.get_by_role("button", name=name, exact=True).first
    wanted.wait_for()
    page.locator("body").focus()
    for _step in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("button => button === document.activeElement"):
            page.keyboard.press("Enter")
            page.wait_for_load_state()
            return
    raise AssertionError(f"no tabulator leads to “{name}”")


def nothing_sticks_out(page: Page) -> None:
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0


def posted(stage: Stage, request: str, path: str) -> bytes:
    """Send it to the published port as it is written."""
    with socket.create_connection(("127.0.0.1", stage.public_port), timeout=20) as line:
        line.sendall(request.format(path=path, host=HOST).encode())
        answer = b""
        while piece := line.recv(65_536):
            answer += piece
    return answer


def ended_by_keyboard(page: Page, stage: Stage, link: str, picture: Path) -> None:
    page.goto(link)
    assert page.locator("html").get_attribute("lang") == "es"
    nothing_sticks_out(page)
    assert ask(stage.database, "SELECT id FROM contacts_suppression") == []
    press(page, "Ya no: Ventas por sucursal")
    expect(page.get_by_role("status")).to_contain_text("Guardado: terminado")
    nothing_sticks_out(page)
    page.screenshot(path=picture, full_page=True)


def from_mail_to_end_and_back(page: Page, stage: Stage, tmp_path: Path) -> None:
    stage.public_port = free_port()
    make_known(stage)
    send(stage)
    add = ("report", "add", "--from", "estacion.sales_by_group", "--to", READER)
    run_several(stage, [add, ("report", "set", "2", "class=transactional")])
    browser = page.context.browser
    assert browser is not None
    with stage.serving(), Proxy(tmp_path, stage.public_port).listening() as port:
        told(stage, 1)
        link = one_click_link(received(stage, READER))
        with (
            contextlib.closing(outside(browser, port)) as abroad,
            visitor(abroad, java_script_enabled=False) as phone,
        ):
            ended_by_keyboard(phone, stage, link, tmp_path / "page.png")
            run_several(stage, [RUN, OWN])  # the second is his own business: it leaves (B5)
            nothing_more(stage, 1)
            told(stage, 2)
            press(phone, "Deshacer")
            expect(phone.get_by_role("status")).to_contain_text("cada vez")
        run_several(stage, [RUN])
        told(stage, 3)
        path = link.removeprefix(URL)
        for request in AS_PROVIDERS.values():
            answer = posted(stage, request, path)
            assert answer.split(b"\r\n", 1)[0].split(b" ")[1] == b"200"
            assert b"set-cookie" not in answer.lower()
        run_several(stage, [RUN, OWN])
        nothing_more(stage, 2)
        told(stage, 4)
    listed = stage.run("suppression", "list")
    assert READER in listed
    assert "el botón del programa de correo" in listed


def test_u1_ended_undone_and_ended_by_one_click_on_sqlite(
    page: Page, stage: Stage, tmp_path: Path
) -> None:
    from_mail_to_end_and_back(page, stage, tmp_path)


@pytest.mark.postgres
def test_u1_ended_undone_and_ended_by_one_click_on_postgresql(
    page: Page, postgres_stage: Stage, tmp_path: Path
) -> None:
    from_mail_to_end_and_back(page, postgres_stage, tmp_path)
