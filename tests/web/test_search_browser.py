"""Search everywhere in a real browser, on a screen and a phone: keys, button, no scripts."""

from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web import cast
from tests.web.test_browser import WIDTHS, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_it_opens_over_any_page_by_keys_and_by_the_button(
    transactional_db: None, now: datetime, live_server: Any, page: Page
) -> None:
    cast.everything(now)
    url, wrong = live_server.url, list[str]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.extend([said.text] if said.type == "error" else []))
    sign_in(page, url)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        by_keys(page, url)
        by_the_button(page, url, width)
        the_page_fits(page, url, width)
    assert wrong == []


def by_keys(page: Page, url: str) -> None:
    page.goto(f"{url}/rules/")
    page.keyboard.press("Control+k")
    finder = page.get_by_role("dialog", name="Buscar en todo")
    field = finder.get_by_role("searchbox", name="Nombre, número, dirección o palabras")
    expect(field).to_be_focused()
    field.press_sequentially("YPACARAI")
    hit = finder.get_by_role("link", name="Transportes Ypacaraí")
    expect(hit).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(hit).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(finder).to_be_hidden()
    expect(page.get_by_placeholder("Escriba para buscar")).to_have_count(0)  # the shell's own
    page.keyboard.press("Control+k")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/people/*/")


def by_the_button(page: Page, url: str, width: int) -> None:
    page.goto(f"{url}/outbox/message/")
    page.get_by_role("link", name="Buscar", exact=True).click()
    finder = page.get_by_role("dialog", name="Buscar en todo")
    box = finder.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    finder.get_by_role("searchbox").fill("zzzz")
    expect(finder.get_by_text("Nada tiene estas palabras")).to_be_visible()
    finder.get_by_role("button", name="Cerrar").click()
    expect(finder).to_be_hidden()


def the_page_fits(page: Page, url: str, width: int) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("oc0022")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/search/?q=*")
    expect(page.get_by_role("link", name="Orden de compra OC-0022").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_the_button_is_a_page(
    transactional_db: None, now: datetime, live_server: Any, browser: Browser
) -> None:
    cast.everything(now)
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    sign_in(page, live_server.url)
    page.locator("a.ek-find").click()
    page.locator("main [name=q], #content [name=q]").first.fill("ypacarai")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Transportes Ypacaraí")).to_be_visible()
    context.close()
