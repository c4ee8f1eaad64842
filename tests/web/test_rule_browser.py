"""The rule editor at a desk and on a phone: mistakes on their line, the trial in sight.

Issue 9, point 13: the journey of somebody who writes a rule and tries it before saving.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.web import attached
from tests.web.test_browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DESK, PHONE = (1400, 900), (390, 844)


@pytest.fixture
def station(transactional_db: None, now: datetime, tmp_path: Path) -> attached.Station:
    return attached.station(tmp_path, now)


def write_a_line(page: Page, value: str) -> Locator:
    conditions = page.locator("[data-condition]")
    if not conditions.locator("[data-leaf]").count():
        conditions.locator("[data-add]").click()
    row = conditions.locator("[data-leaf]").first
    if row.locator("[data-part=field]").input_value() != "totals.total":
        row.locator("[data-part=field]").select_option("totals.total")
    row.locator("[data-part=value]").fill(value)
    return row


def try_it(page: Page) -> None:
    with page.expect_response("**/rules/try/"):
        page.locator("button[hx-post*='/rules/try/']").click()


def mistakes_stand_on_their_line(page: Page) -> None:
    row = write_a_line(page, "mucho")
    try_it(page)
    expect(row.locator(".cf-errors")).to_have_text("«mucho» no es un número; Total lo necesita.")
    expect(row.locator("[data-part=value]")).to_have_attribute("aria-invalid", "true")
    expect(row).to_be_in_viewport()
    write_a_line(page, "1,5")
    try_it(page)
    expect(row.locator(".cf-errors")).to_contain_text("Gs. 1.500.000")


def currencies_are_not_compared(page: Page) -> None:
    row = write_a_line(page, "1,000")
    expect(row.locator("[data-part=currency]")).to_have_value("PYG")
    expect(page.locator("[data-amounts]")).to_be_visible()
    row.locator("[data-part=currency]").select_option("USD")
    try_it(page)
    expect(page.locator("#trial .cf-note--warn").first).to_contain_text("no se comparan")
    row.locator("[data-part=currency]").select_option("PYG")


def the_trial_is_in_sight(page: Page, *, is_beside: bool) -> None:
    row = write_a_line(page, "1.000")
    try_it(page)
    expect(row.locator(".cf-errors")).to_have_count(0)
    panel = page.locator("#trial")
    expect(panel.locator(".cf-note--ok")).to_be_visible()
    expect(panel).to_be_focused()
    expect(panel.locator("h3").first).to_be_in_viewport()
    form, beside = page.locator("#rule").bounding_box(), panel.bounding_box()
    assert form
    assert beside
    assert (beside["x"] >= form["x"] + form["width"]) is is_beside


def test_a_rule_is_tried_beside_its_form_and_mistakes_stand_on_their_line(
    station: attached.Station, live_server: Any, page: Page
) -> None:
    """Point 13: at both widths, in Spanish, no page wider than its window, no error of a script."""
    broken: list[str] = []

    def note(said: ConsoleMessage) -> None:
        if said.type == "error":
            broken.append(said.text)

    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", note)
    sign_in(page, live_server.url, "operator")
    for width, height in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{live_server.url}/rules/{station.rule.pk}/edit/")
        mistakes_stand_on_their_line(page)
        currencies_are_not_compared(page)
        the_trial_is_in_sight(page, is_beside=width == DESK[0])
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert broken == []
