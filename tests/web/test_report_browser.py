"""The journey of reports (P8): made by clicking alone, seen while it is made, received by each."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from emailketing.accounts.who import Who
from emailketing.outbox.models import Message
from emailketing.schedule.run_by_hand import run_by_hand
from emailketing.triggers.reports.models import Report
from emailketing.web.console.reports.preview import ROOM
from tests.web import cast
from tests.web.reports import ReportDesk
from tests.web.test_browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PATIENCE = 60_000  # milliseconds


class Clicks:
    """Somebody who clicks and fills in, and counts it."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def click(self, name: str) -> None:
        self.count += 1
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def choose(self, name: str, value: str) -> None:
        self.count += 1
        self.page.select_option(f"[name={name}]", value)

    def fill(self, name: str, value: str) -> None:
        self.count += 1
        self.page.fill(f"[name={name}]", value)


@pytest.fixture
def desk(db: None, tmp_path: Path, settings: Settings, now: datetime) -> ReportDesk:
    settings.HOME, settings.ATTACHMENTS = tmp_path, tmp_path / "attachments"
    made = ReportDesk(tmp_path, now)
    cast.users()
    made.sell_yesterday(("Central", "ana", 100), ("Ñemby", "luis", 50))
    made.cast.contact("Luis Benítez", "luis@shop.example")
    return made


def test_p8_each_manager_his_branch_with_pdf_at_seven_in_25_clicks(
    live_server: Any, page: Page, transactional_db: None, desk: ReportDesk
) -> None:
    sign_in(page, live_server.url, "operator")
    page.goto(f"{live_server.url}/reports/")
    hand = Clicks(page)
    hand.count += 1
    page.get_by_role("link", name="Nuevo informe").first.click()
    choose_what_and_when(page, hand)
    say_whose_each_branch_is(page, hand)
    look_at_it(page)
    hand.click("Siguiente")
    hand.click("Guardar")
    expect(page.locator(".ek-title")).to_have_text("Ventas")
    assert hand.count <= 25
    received(desk)


def choose_what_and_when(page: Page, hand: Clicks) -> None:
    hand.choose("listing", "shop.sales")
    expect(page.locator("[name=p-period_0]")).to_have_value("yesterday")
    hand.click("Siguiente")
    expect(page.locator(".cf-runs li")).to_have_count(5)
    expect(page.locator(".cf-runs")).to_contain_text("Todos los días hábiles a las 07:00.")
    expect(page.locator("#seen iframe")).to_have_count(2)
    hand.click("Siguiente")


def say_whose_each_branch_is(page: Page, hand: Clicks) -> None:
    hand.choose("rows_kind", "people")
    expect(page.locator("#people tbody tr")).to_have_count(2)
    hand.fill("person-0-addresses", "ana@shop.example")
    page.locator("[name=person-1-addresses]").press_sequentially("luis")
    expect(page.locator("#known option")).to_have_count(1)
    hand.fill("person-1-addresses", "Luis Benítez <luis@shop.example>")
    hand.click("Siguiente")


def look_at_it(page: Page) -> None:
    """The PDF goes along unless somebody takes it away; beside it stands who gets which rows."""
    seen = page.locator("#seen")
    expect(page.locator("[name=files][value=pdf]")).to_be_checked()
    expect(seen.locator("iframe")).to_have_count(2)
    seen.get_by_role("tab", name="Quién").click()
    expect(seen.locator("table").last).to_contain_text("Luis Benítez")
    for width in (390, 1400):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def received(desk: ReportDesk) -> None:
    """Each gets his rows; the owner the whole (P8)."""
    report = Report.objects.get()
    run_by_hand(report.trigger, "token", by=Who("t"), now=desk.later)
    desk.work()
    told = {one.address: one.dispatch.document_label for one in Message.objects.all()}
    assert set(told) == {"ana@shop.example", "luis@shop.example", "operator@estacion.test"}
    assert "Central" in told["ana@shop.example"]
    assert "Ñemby" in told["luis@shop.example"]
    for one in Message.objects.select_related("dispatch"):
        assert one.dispatch.attachments.exists()


def test_a_preview_that_finds_no_room_follows_by_itself(
    live_server: Any, page: Page, transactional_db: None, desk: ReportDesk
) -> None:
    sign_in(page, live_server.url, "operator")
    page.goto(f"{live_server.url}/reports/")
    page.get_by_role("link", name="Nuevo informe").first.click()
    hand = Clicks(page)
    choose_what_and_when(page, hand)
    with ROOM.taken(waits=True), ROOM.taken(waits=True):
        hand.choose("rows_kind", "people")
        for place in ("#people", "#seen"):
            expect(page.locator(place)).to_contain_text("esta sigue sola")
    expect(page.locator("#people tbody tr")).to_have_count(2, timeout=PATIENCE)
    expect(page.locator("#seen iframe")).to_have_count(2, timeout=PATIENCE)


def test_a_part_of_a_page_that_does_not_come_is_told(
    live_server: Any, page: Page, transactional_db: None, desk: ReportDesk
) -> None:
    sign_in(page, live_server.url, "operator")
    page.goto(f"{live_server.url}/reports/")
    page.get_by_role("link", name="Nuevo informe").first.click()
    told = page.get_by_role("alert").filter(has_text="Una parte de esta página no llegó")
    expect(told).to_be_hidden()
    page.route("**/*", lambda route: route.fulfill(status=503, body="Too much at once."))
    Clicks(page).choose("listing", "shop.sales")
    expect(told).to_be_visible()
    told.get_by_role("button", name="Cerrar").click()
    expect(told).to_be_hidden()
