"""Help in a real browser, on a screen and on a phone: the panel, and words by every way."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web import cast
from tests.web.test_browser import WIDTHS, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_help_opens_beside_the_work_and_words_are_explained(
    transactional_db: None, live_server: Any, page: Page
) -> None:
    cast.company()
    cast.users()
    url = live_server.url
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.extend([said.text] if said.type == "error" else []))
    sign_in(page, url)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        the_panel_keeps_what_is_being_written(page, url)
        words_are_explained_by_every_way(page, url)
        a_word_of_a_field_is_explained_and_the_field_stays_untouched(page, url)
        the_long_manual_is_readable(page, url, width)
    assert wrong == []


def the_panel_keeps_what_is_being_written(page: Page, url: str) -> None:
    page.goto(f"{url}/suppressions/add/")
    page.fill("[name=address]", "juan@correo.test")
    mark = page.get_by_role("link", name="Ayuda de esta página")
    mark.click()
    panel = page.get_by_role("dialog", name="No escribir")
    expect(panel).to_be_visible()
    assert "/suppressions/add/" in page.url
    panel.get_by_role("link", name="Todas las páginas de ayuda").scroll_into_view_if_needed()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(mark).to_be_focused()
    expect(page.locator("[name=address]")).to_have_value("juan@correo.test")


def words_are_explained_by_every_way(page: Page, url: str) -> None:
    page.goto(f"{url}/company/live/")
    word = page.locator("dfn.ek-word").first
    tip = page.get_by_role("tooltip")
    word.hover()
    expect(tip).to_be_visible()
    page.mouse.move(0, 0)
    expect(tip).to_be_hidden()
    word.click()  # a finger
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    word.evaluate("word => word.blur()")
    word.focus()  # the keyboard
    expect(tip).to_be_visible()
    box, width = tip.bounding_box(), page.viewport_size
    assert box
    assert width
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width["width"]


def a_word_of_a_field_is_explained_and_the_field_stays_untouched(page: Page, url: str) -> None:
    page.goto(f"{url}/templates/new/")
    page.evaluate("document.activeElement.blur()")
    word = page.locator("label dfn.ek-word").first
    word.click()
    expect(page.get_by_role("tooltip")).to_be_visible()
    assert page.evaluate("document.activeElement.className") == "ek-word"


def the_long_manual_is_readable(page: Page, url: str, width: int) -> None:
    page.goto(f"{url}/help/")
    page.get_by_role("link", name="Seguridad y auditoría").click()
    expect(page.get_by_role("heading", name="Quién lo hizo")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name="Las puertas").click()
    expect(page.get_by_role("heading", name="Las puertas")).to_be_in_viewport()
