"""The first hour in a real browser, in Spanish, on a screen and on a phone."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from emailketing.web.console.first_run import first_run_path
from tests.web import attached
from tests.web.test_browser import WIDTHS
from tests.web.test_first_run import ACCOUNT, COMPANY

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ENGLISH = re.compile(
    r"\b(?:the|and|with|your|from|this|which|nothing|later|business)\b", re.IGNORECASE
)


def looked_at(page: Page) -> None:
    """At both widths: no wider than its window, not a word of English."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 850})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    assert ENGLISH.findall(page.locator("body").inner_text()) == [], page.url


def test_from_an_empty_installation_to_the_rules(
    transactional_db: None, live_server: Any, page: Page, now: Any, tmp_path: Path
) -> None:
    url = live_server.url
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.extend([said.text] if said.type == "error" else []))
    page.goto(url)
    expect(page.get_by_role("heading", name="Todavía no hay ningún usuario")).to_be_visible()
    looked_at(page)
    page.goto(url + first_run_path())
    looked_at(page)
    for name in ("username", "first_name", "email", "password", "again"):
        page.fill(f"[name={name}]", ACCOUNT[name])
    page.get_by_role("button", name="Crear la cuenta y seguir").click()
    page.fill("[name=name]", COMPANY["name"])
    looked_at(page)
    page.get_by_role("button", name="Guardar y seguir").click()
    looked_at(page)
    page.get_by_role("link", name="Conectar el sistema de la empresa").click()
    expect(page.get_by_role("link", name="Seguir con los primeros pasos")).to_be_visible()
    attached.attach(attached.business_file(tmp_path), now)
    the_front_page_lists_what_is_left(page, url)
    everything_is_offered(page)
    assert wrong == []


def the_front_page_lists_what_is_left(page: Page, url: str) -> None:
    page.goto(url)
    left = page.get_by_role("region", name="Lo que falta para que los mensajes lleguen")
    expect(left.get_by_role("listitem")).to_have_count(7)
    expect(left.get_by_text("hecho")).to_have_count(2)
    looked_at(page)
    left.get_by_role("link", name="Primera regla").click()


def everything_is_offered(page: Page) -> None:
    expect(page.get_by_role("checkbox")).to_have_count(17)
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(2)
    looked_at(page)
    page.get_by_label("Cierre de caja a Gerencia y Tesorería").check()
    page.get_by_role("button", name="Guardar y seguir").click()
    expect(page).to_have_url(re.compile("/setup/test/"))
    looked_at(page)
