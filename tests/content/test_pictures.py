"""Mails in a real browser: no sideways scroll on a phone, nothing asked of the outside, dark."""

import os
import shutil
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from emailketing.content.compile import compile_revision
from emailketing.content.kinds import declared
from emailketing.content.logo import starter_logo
from emailketing.content.look import BrandLook, data_uri
from emailketing.content.render import render
from emailketing.content.samples import sample_data
from emailketing.content.starters import channel_of, starter_texts, starters
from emailketing.sources.declared import kinds_on_shelf

CHROMIUM = os.environ.get("EMAILKETING_TEST_CHROMIUM", shutil.which("chromium") or "")
BRAND = BrandLook(
    name="Estación de Servicio y Shop Ñu Guasu S.A.",
    address="Avda. Doctor José Gaspar Rodríguez de Francia 12345, Ypacaraí",
    email="departamento.de.compras@nuguasu.example",
    logo=starter_logo("Ñu Guasu"),
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: set EMAILKETING_TEST_CHROMIUM"),
]
MAILS = [slug for slug in starters() if channel_of(slug) == "email"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


def mail(slug: str, language: str) -> str:
    texts = starter_texts(slug, language)
    with declared(kinds_on_shelf(starters()[slug].document_type)):
        compiled = compile_revision(
            subject=texts.subject,
            preheader=texts.preheader,
            body=texts.body,
            style="simple",
            brand=BRAND,
            language=language,
        )
    return render(
        compiled, sample_data(starters()[slug].document_type, language), language=language
    ).html


WHOLE = "[...document.querySelectorAll('.whole, .sum, .value')].map(e => e.getClientRects().length)"


def opened(
    browser: Browser, page: str, width: int, scheme: Literal["light", "dark"] = "light"
) -> Page:
    tab = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    tab.on("request", note)
    tab.set_content(page)
    assert [url for url in asked if not url.startswith(("data:", "cid:", "about:"))] == []
    return tab


def evaluated(tab: Page, script: str) -> Any:
    return tab.evaluate(script)


@pytest.mark.parametrize("language", ["es", "en", "pt"])
@pytest.mark.parametrize("slug", MAILS)
def test_a_mail_fits_a_phone_and_asks_nobody(browser: Browser, slug: str, language: str) -> None:
    tab = opened(browser, mail(slug, language).replace("cid:logo", data_uri(BRAND)), 600)
    assert evaluated(tab, "document.querySelector('img').naturalWidth") > 0
    for width in (600, 320):
        tab.set_viewport_size({"width": width, "height": 800})
        assert evaluated(tab, "document.documentElement.scrollWidth") <= width
        assert set(evaluated(tab, WHOLE)) <= {1}, width  # an alert has no amounts
    tab.close()


def test_a_mail_can_be_read_in_the_dark(browser: Browser) -> None:
    tab = opened(browser, mail("quotation", "es"), 600, "dark")
    colours = "e => { const s = getComputedStyle(e); return [s.color, s.backgroundColor] }"
    ink, paper = tab.eval_on_selector(".fact", colours)
    assert ink == "rgb(232, 237, 242)"
    assert paper == "rgb(35, 44, 55)"
    tab.close()


def test_without_pictures_the_name_stands_there(browser: Browser) -> None:
    tab = opened(browser, mail("quotation", "es"), 600)
    assert tab.get_attribute("img", "alt") == BRAND.name
    tab.close()
