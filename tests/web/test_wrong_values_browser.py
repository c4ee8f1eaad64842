"""Wrong values in a real browser, in Spanish: all of them told at once, beside their fields."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from emailketing.channels.models import Sender
from emailketing.company.models import Company
from emailketing.sources.models import Source
from tests.web import cast
from tests.web.test_browser import WIDTHS, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ENGLISH = re.compile(
    r"\b(the|and|is|not|must|enter|valid|field|please|write|with)\b", re.IGNORECASE
)
# the page, what is typed, and a piece of the sentence for each mistake
WRONG: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "/company/",
        {"name": "", "quiet_from": "21:00", "quiet_to": "21:00", "base_url": "http://x:99999/"},
        ["vacío", "iguales", "https://mail.example.com/"],
    ),
    (
        "/sources/new/",
        {
            "name": "",
            "postgresql_host": "",
            "postgresql_database": "",
            "postgresql_username": "",
            "postgresql_port": "70000",
        },
        ["vacío", "servidor", "base de datos", "usuario", "65535"],
    ),
    (
        "/senders/new/?kind=smtp",
        {"name": "", "from_address": "señor@estacion.example", "host": "", "connections": "0"},
        ["vacío", "ñ o tildes", "conexiones"],
    ),
]


@pytest.fixture
def url(transactional_db: None, live_server: Any) -> str:
    cast.company()
    cast.users()
    return str(live_server.url)


def send_as_it_is(page: Page, values: dict[str, str]) -> None:
    form = page.locator("form.cf")
    for name, value in values.items():
        page.locator(f"[name={name}]").first.evaluate(
            "(field, value) => { field.value = value }", value
        )
    form.evaluate("form => form.requestSubmit()")
    page.wait_for_load_state("networkidle")


def test_all_that_is_wrong_is_told_at_once_in_spanish(url: str, page: Page) -> None:
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    sign_in(page, url)
    before = (Company.get().name, Source.objects.count(), Sender.objects.count())
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for path, values, sentences in WRONG:
            page.goto(url + path)
            send_as_it_is(page, values)
            said = page.locator("body").inner_text()
            assert [one for one in sentences if one not in said] == [], f"{path} at {width}"
            errors = page.locator(".cf-errors").all_inner_texts()
            assert len(errors) >= len(sentences)
            assert [text for text in errors if ENGLISH.search(text)] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert broken == []
    assert (Company.get().name, Source.objects.count(), Sender.objects.count()) == before
