"""“Try it” and “Test the connection”: one panel on three pages, each sends what its form holds."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.outbox import cast as ledger
from tests.web.test_browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1400, 390])
def test_what_stands_in_the_form_is_tried_and_the_answer_stands_below(
    staff: dict[str, Any], live_server: Any, page: Page, width: int
) -> None:
    sender = ledger.sender(9)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, live_server.url, "administrator")
    for path, button, form, said in (
        (f"/senders/{sender.pk}/", "Probar la conexión", "sender", "127.0.0.1"),
        (f"/senders/{sender.pk}/mailbox/", "Probar", "mailbox", "127.0.0.1"),
        ("/sources/new/", "Probar la conexión", "connection", "Servidor"),
    ):
        page.goto(f"{live_server.url}{path}")
        if form == "mailbox":
            entries = {"host": said, "port": "9", "username": "ana", "password": "secreto"}
            for name, value in entries.items():
                page.fill(f"#mailbox [name={name}]", value)
        with page.expect_request(lambda request: request.method == "POST") as asked:
            page.get_by_role("button", name=button).click()
        sent = asked.value.post_data or ""
        assert f"{page.locator(f'#{form} input[type=text]').first.get_attribute('name')}=" in sent
        expect(page.locator("#checked")).not_to_be_empty(timeout=60_000)
        expect(page.locator("#checked")).to_contain_text(said)
