"""P3: the sentence and the next five runs follow every click."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web import cast
from tests.web.test_browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_p3_a_schedule_is_clicked_and_told_at_once(live_server: Any, page: Page) -> None:
    cast.company()
    cast.users()
    sign_in(page, live_server.url, "operator")
    for width in (1400, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{live_server.url}/runs/")
        click_a_schedule(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def click_a_schedule(page: Page) -> None:
    told, weekdays = page.locator(".cf-runs"), page.locator("[name=schedule-weekdays]")
    expect(told.locator("li")).to_have_count(5)
    expect(weekdays.first).to_be_hidden()
    page.select_option("[name=schedule-frequency]", "week")
    expect(told).to_contain_text("al menos un día")
    weekdays.nth(0).check()
    weekdays.nth(4).check()
    expect(told).to_contain_text("Cada lunes y viernes a las 07:00.")
    page.fill("[name=schedule-also_at]", "18:30")
    page.select_option("[name=schedule-free_day]", "next")
    expect(told).to_contain_text("Cada lunes y viernes a las 07:00 y 18:30. Si es día libre")
    page.select_option("[name=schedule-frequency]", "last-working-day")
    expect(told).to_contain_text("El último día hábil del mes")
    expect(page.locator("[name=schedule-free_day]")).to_be_hidden()
