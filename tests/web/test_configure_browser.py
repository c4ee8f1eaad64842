"""The configuring pages in a real browser: a rule made by clicking, a template seen while typing,
no page too wide, nothing from outside.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from emailketing.triggers.notifications.models import Rule
from tests.web import attached
from tests.web.test_browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Place = tuple[str, attached.Station]


@pytest.fixture
def place(transactional_db: None, now: datetime, tmp_path: Path, live_server: Any) -> Place:
    return live_server.url, attached.station(tmp_path, now)


def test_a_rule_is_made_by_clicking(place: Place, page: Page) -> None:
    url, station = place
    sign_in(page, url, "operator")
    page.goto(f"{url}/rules/new/")
    page.fill("[name=name]", "Órdenes grandes")
    page.select_option("[name=what]", f"{station.source.pk}:purchase_order")
    conditions = page.locator("[data-condition]")
    conditions.locator("[data-add]").click()
    row = conditions.locator("[data-leaf]").first
    row.locator("[data-part=field]").select_option("totals.total")
    expect(row.locator("[data-part=op]")).to_have_value("gte")  # by type: a number begins so
    row.locator("[data-part=value]").fill("100.000")
    page.locator("[data-recipients] button", has_text="").last.click()
    added = page.locator("[data-recipient]").nth(1)
    added.locator("[data-part=value]").fill("compras@estacion.example")
    page.select_option("[name=email_template]", str(station.template.pk))

    page.locator("button[hx-post*='/rules/try/']").click()
    panel = page.locator("#trial")
    expect(panel.frame_locator("iframe").first.get_by_text("OC-").first).to_be_visible()
    expect(panel.get_by_text("compras@estacion.example").first).to_be_visible()
    expect(panel.locator("img").first).to_be_visible()

    page.locator("button[type=submit][form=rule]").click()
    page.wait_for_url("**/rules/*/")
    made = Rule.objects.get(name="Órdenes grandes")
    assert made.condition == {
        "all": [{"field": "totals.total", "op": "gte", "value": "100000", "currency": "PYG"}]
    }
    assert [wanted["kind"] for wanted in made.recipients] == ["party", "address"]


def test_a_wrong_row_is_marked_where_it_stands_and_what_was_entered_stays(
    place: Place, page: Page
) -> None:
    url, station = place
    sign_in(page, url, "operator")
    page.goto(f"{url}/rules/{station.rule.pk}/edit/")
    conditions = page.locator("[data-condition]")
    conditions.locator("[data-add]").click()
    conditions.locator("[data-part=field]").select_option("totals.total")
    conditions.locator("[data-part=value]").fill("mucho")
    page.locator("button[type=submit][form=rule]").click()
    expect(conditions.locator("[data-leaf] .cf-errors")).to_contain_text("mucho")
    expect(conditions.locator("[data-part=value]")).to_have_value("mucho")
    station.rule.refresh_from_db()
    assert station.rule.condition == {}


def test_the_editor_works_with_the_keyboard_alone(place: Place, page: Page) -> None:
    url, station = place
    sign_in(page, url, "operator")
    page.goto(f"{url}/rules/{station.rule.pk}/edit/")
    page.locator("[data-condition] [data-add]").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.part") == "field"
    page.keyboard.type("Total")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.dataset.part") != "value":
        page.keyboard.press("Tab")
    page.keyboard.type("5000")
    page.keyboard.press("Tab")  # the cross that removes the row
    page.keyboard.press("Enter")
    expect(page.locator("[data-leaf]")).to_have_count(0)
    assert page.evaluate("document.activeElement !== document.body")


def test_the_preview_follows_the_typing_and_chips_are_put_where_the_cursor_is(
    place: Place, page: Page
) -> None:
    url, station = place
    sign_in(page, url, "operator")
    page.goto(f"{url}/templates/{station.template.pk}/")
    preview = page.locator("#preview")
    expect(preview.locator("iframe").first).to_be_visible()
    page.fill("[name=body]", "Buenos días, ")
    page.locator("[data-insert='{{ recipient.name }}']").click()
    assert page.input_value("[name=body]") == "Buenos días, {{ recipient.name }}"
    expect(preview.frame_locator("iframe").first.get_by_text("Buenos días, Rosa")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 900})  # the view of a computer is moved there
    expect(preview.locator("iframe").first).to_be_visible()
    assert preview.locator("iframe").first.evaluate("frame => frame.offsetWidth") == 600
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.fill("[name=body]", "Buenos días, {{ recipient.nombre }}")
    expect(preview.locator(".cf-note--bad")).to_contain_text("nombre")


def test_no_configuring_page_is_too_wide_or_asks_anybody_else(place: Place, page: Page) -> None:
    url, station = place
    outside: list[str] = []
    broken: list[str] = []
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((url, "data:", "about:", "blob:"))
            else outside.append(request.url)
        ),
    )
    page.on("pageerror", lambda error: broken.append(str(error)))
    sign_in(page, url)
    wide = []
    for path in pages(station):
        page.set_viewport_size({"width": 390, "height": 900})
        page.goto(url + path)
        page.wait_for_load_state("networkidle")  # half a second: once, then it is turned
        for width in (390, 1400):
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append(f"{path} at {width}")
    assert outside == []
    assert broken == []
    assert wide == []


def pages(station: attached.Station) -> list[str]:
    rule, template, source = station.rule.pk, station.template.pk, station.source.pk
    return [
        "/rules/",
        f"/rules/{rule}/",
        f"/rules/{rule}/edit/",
        f"/rules/{rule}/try/",
        f"/rules/{rule}/simulation/",
        f"/rules/ready/{station.source.pk}/",
        "/configuration/",
        "/templates/",
        f"/templates/{template}/",
        f"/templates/{template}/history/",
        f"/templates/{template}/settings/",
        "/brand/",
        "/company/",
        "/company/live/",
        "/senders/",
        "/senders/new/",
        "/senders/new/?kind=http",
        f"/senders/{station.sender.pk}/",
        "/sources/",
        "/sources/new/",
        f"/sources/{source}/",
        f"/sources/{source}/check/",
        f"/sources/{source}/sql/",
        f"/sources/{source}/remove/",
        "/setup/company/",
        "/setup/sender/",
        "/setup/rule/",
        "/setup/test/",
        "/setup/done/",
    ]
