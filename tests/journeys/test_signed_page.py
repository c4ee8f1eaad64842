"""A report's page as its reader has it: from the mail, without an account, and gone after that.

Chromium goes to the public address by its name and by HTTPS, through a proxy with a certificate, to
the port that `serve --public-port` publishes (97, 98; P8, P11; security.md S17–S19).
"""

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, BrowserContext, Page, expect

from emailketing.cli.show import clock
from tests.channels.conftest import server_context
from tests.journeys.conftest import CHROMIUM
from tests.journeys.quick import ask, run_several
from tests.journeys.stage import PATIENCE, Stage, free_port
from tests.journeys.test_report_clicked import (
    SOLD,
    attach,
    day_of,
    numbers_of,
    received,
    sign_in,
    wait_for_mail_to,
)

pytestmark = [pytest.mark.slow, pytest.mark.browser]
HOST = "avisos.ykuasati.example"
URL = f"https://{HOST}"
READER = "direccion@ykuasati.example"
PHONE = {"width": 390, "height": 844}


@dataclass
class Proxy:
    """What stands before the published port: the certificate of our name, nothing else."""

    folder: Path
    behind: int

    @contextlib.contextmanager
    def listening(self) -> Iterator[int]:
        context = server_context(self.folder)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=self._accept, args=(listener, context), daemon=True).start()
            yield int(listener.getsockname()[1])
            listener.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket, context: ssl.SSLContext) -> None:
        with contextlib.suppress(OSError):
            while True:
                came, _where = listener.accept()
                threading.Thread(target=self._serve, args=(came, context), daemon=True).start()

    def _serve(self, came: socket.socket, context: ssl.SSLContext) -> None:
        """Pass one question and its answer on; the connection is not kept."""
        with contextlib.suppress(OSError), context.wrap_socket(came, server_side=True) as reader:
            question = b""
            while b"\r\n\r\n" not in question:
                question += reader.recv(65_536)
            head, _end, body = question.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
            while length and len(body) < int(length[1]):
                body += reader.recv(65_536)
            question = head + b"\r\n\r\n" + body
            question = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", question)
            question = question.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
            with socket.create_connection(("127.0.0.1", self.behind)) as ours:
                ours.sendall(question)
                while answer := ours.recv(65_536):
                    reader.sendall(answer)


def make_known(stage: Stage) -> None:
    """Have the address tried and opened from outside: no look from a test comes from there."""
    ask(stage.database, known_address())


def known_address() -> str:
    now = clock().astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S+00:00")
    return (
        "INSERT INTO links_publicaddress (url, asked, problem, certificate, addresses,"  # noqa: S608
        " outside_asked, outside_from, checked_at, worked_at, outside_at) VALUES"
        f" ('{URL}', '', '', '{{}}', '[]', '', '181.120.4.5', '{now}', '{now}', '{now}')"
    )


def send(stage: Stage) -> None:
    """Let every sale of yesterday be reported, with all files, to one reader in Spanish."""
    attach(stage)
    run_several(
        stage,
        [
            ("public-address", "set", URL),
            (
                *("report", "add", "--from", "estacion.sales_by_branch", "--to", READER),
                *("--files", "pdf,xlsx,csv", "--active"),
            ),
            ("report", "run", "1"),
        ],
    )


def outside(browser: Browser, port: int) -> Browser:
    """Return a browser in which the public name leads to the proxy."""
    rules = f"MAP {HOST}:443 127.0.0.1:{port}"
    return browser.browser_type.launch(
        executable_path=CHROMIUM, args=["--no-sandbox", f"--host-resolver-rules={rules}"]
    )


@contextlib.contextmanager
def visitor(browser: Browser, **more: object) -> Iterator[Page]:
    """Open a phone of nobody's: no login, no cookie, its own certificate store."""
    context: BrowserContext = browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        locale="en-US",
        ignore_https_errors=True,
        accept_downloads=True,
        **more,  # type: ignore[arg-type]
    )
    context.set_default_timeout(PATIENCE * 1000)
    yield context.new_page()
    assert context.cookies() == [], "S19: nothing is kept of a visitor"
    context.close()


def link_in(stage: Stage) -> str:
    body = received(stage, READER).get_body(("plain",))
    assert body is not None
    (link,) = re.findall(rf"{URL}/r/\S+", body.get_content())
    return str(link)


def sold_yesterday(stage: Stage, queued: str) -> dict[str, int]:
    today: date = day_of(queued)
    rows = ask(stage.company, SOLD.format(begins=today - timedelta(1), until=today))
    return {row["branch"]: int(row["total"]) for row in rows}


def see_the_page(page: Page, link: str, sold: dict[str, int], folder: Path) -> None:
    """Read figures and chart, sort the table by a click, take a file along."""
    page.goto(link)
    expect(page.get_by_role("heading", name=re.compile("Ventas por sucursal"))).to_be_visible()
    figures = page.locator(".figures").inner_text()
    assert sum(sold.values()) in numbers_of(figures)
    chart = page.locator("img.chart")
    assert int(chart.evaluate("picture => picture.naturalWidth")) > 200
    assert max(sold, key=lambda branch: sold[branch]) in str(chart.get_attribute("alt"))
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0, "nothing sticks out at 390 px"
    table = page.locator("tbody")
    seen = table.inner_text()
    assert set(sold.values()) <= numbers_of(seen)
    for head in ("Sucursal", "Sucursal ▲"):
        page.locator("thead").get_by_role("link", name=head, exact=True).click()
        names = [row.split("\t")[0].strip() for row in table.inner_text().split("\n") if row]
        wanted = sorted(sold, key=str.casefold, reverse=head.endswith("▲"))
        assert [name for name in names if name in sold] == wanted
    with page.expect_download() as started:
        page.get_by_role("link", name="XLSX").click()
    file = folder / "report.xlsx"
    started.value.save_as(file)
    sheet = load_workbook(file, data_only=True).worksheets[0]
    cells = {cell for row in sheet.iter_rows(values_only=True) for cell in row}
    assert set(sold.values()) <= cells


def revoke(page: Page, stage: Stage) -> None:
    """End the reader's page in the console, by clicking."""
    sign_in(page, stage)
    page.get_by_role("link", name="Informes").first.click()
    page.get_by_role("link", name=re.compile("Ventas por sucursal")).first.click()
    page.get_by_role("link", name="Páginas sin cuenta").first.click()
    line = page.get_by_role("row", name=re.compile(READER))
    expect(line).to_contain_text("abierta")
    line.get_by_role("button", name="Terminarla").click()
    expect(page.get_by_role("row", name=re.compile(READER))).to_contain_text("retirada")


def see_it_gone(page: Page, link: str) -> None:
    """The reader's language speaks, not the one of his browser; no figure is left."""
    answer = page.goto(link)
    assert answer is not None
    assert answer.status == 410
    expect(page.get_by_text("Fue retirada")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "es"
    for part, status in (("file.xlsx", 410), ("chart.png", 404)):
        answer = page.goto(f"{link}/{part}")
        assert answer is not None
        assert answer.status == status


def opened_and_gone(page: Page, stage: Stage, tmp_path: Path) -> None:
    stage.public_port = free_port()
    make_known(stage)
    send(stage)
    browser = page.context.browser
    assert browser is not None
    with stage.serving(), Proxy(tmp_path, stage.public_port).listening() as port:
        (sent,) = [m for m in wait_for_mail_to(stage, READER) if m["address"] == READER]
        link, sold = link_in(stage), sold_yesterday(stage, str(sent["created_at"]))
        with contextlib.closing(outside(browser, port)) as abroad:
            with visitor(abroad) as phone:
                see_the_page(phone, link, sold, tmp_path)
            with visitor(abroad, java_script_enabled=False) as plain:
                see_the_page(plain, link, sold, tmp_path)
            revoke(page, stage)
            with visitor(abroad) as phone:
                see_it_gone(phone, link)


def test_p11_the_page_opens_without_login_and_is_gone_after_revocation_on_sqlite(
    page: Page, stage: Stage, tmp_path: Path
) -> None:
    opened_and_gone(page, stage, tmp_path)


@pytest.mark.postgres
def test_p11_the_page_opens_without_login_and_is_gone_after_revocation_on_postgresql(
    page: Page, postgres_stage: Stage, tmp_path: Path
) -> None:
    opened_and_gone(page, postgres_stage, tmp_path)
