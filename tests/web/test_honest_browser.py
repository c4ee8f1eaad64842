"""Points 11 and 14 in a browser: what the test inbox took, going live, a month rehearsed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page, expect

from tests.web import attached, cast
from tests.web.test_browser import WIDTHS, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

DAY_AFTER_THE_SEED = datetime(2026, 11, 25, 15, tzinfo=UTC)


def walk(page: Page, url: str, paths: dict[str, str]) -> None:
    """Open each page at both widths: its words are there, it is not too wide, nothing fails."""
    wrong: list[str] = []
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    sign_in(page, url)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for path, words in paths.items():
            page.goto(url + path)
            expect(page.locator("body")).to_contain_text(words)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append(f"{path} is wider than {width}")
    assert wrong == []


def test_what_the_test_inbox_took_is_never_sent(
    transactional_db: None, now: datetime, live_server: Any, page: Page
) -> None:
    story = cast.everything(now)
    message = story["messages"]["accepted"]
    paths = {
        "/": "Modo de prueba",
        "/outbox/message/": "en la bandeja de prueba",
        f"/messages/{message.pk}/": "Este mensaje fue a la bandeja de prueba",
        f"/events/{message.dispatch.event_id}/": "en la bandeja de prueba",
        "/company/live/": "Pasar al modo real",
    }
    walk(page, live_server.url, paths)


def test_a_month_is_rehearsed_by_day_and_by_person(
    transactional_db: None, live_server: Any, page: Page, tmp_path: Path
) -> None:
    with time_machine.travel(DAY_AFTER_THE_SEED):  # the company's last orders are of that month
        station = attached.station(tmp_path, DAY_AFTER_THE_SEED)
        walk(page, live_server.url, {f"/rules/{station.rule.pk}/simulation/": "Orden al proveedor"})
        expect(page.locator(".cf-bars")).to_be_visible()  # by day
        expect(page.locator("body")).to_contain_text("Hugo Villasanti")  # by person
