"""What a role may not do is not offered: every link opens, every button works."""

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from emailketing.accounts.roles import ADMINISTRATOR, OPERATOR, READER
from emailketing.contacts.models import Contact
from tests.web import cast
from tests.web.attached import station

SignIn = Callable[[str], Client]
LINK = re.compile(r'<a\b[^>]*?href="([^"#]+)"')
FORM = re.compile(r'<form\b[^>]*?action="([^"]*)".*?</form>', re.DOTALL)
BUTTON = re.compile(r"<button\b[^>]*>")
LEAVING = ("/logout/",)  # after it nothing is one's own


class Visitor:
    """Follows the links as a person does, two of each kind of page.

    Attributes:
        refused: link → page, for what answers 403 or worse.
        forms: action → page, for every form with a live button.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._waiting = [("/", "/")]
        self._kinds: dict[str, set[str]] = {}
        self.refused: dict[str, str] = {}
        self.forms: dict[str, str] = {}
        while self._waiting:
            self._open(*self._waiting.pop(0))

    def _open(self, path: str, page: str) -> None:
        answer = self._client.get(path, follow=True)
        if answer.streaming:
            b"".join(answer)  # to its end: then the file behind it is closed
            return
        if answer.status_code >= 400:
            self.refused[path] = f"{answer.status_code} on {page}"
            return
        html = re.sub(r"srcdoc=\"[^\"]*\"", "", answer.content.decode(errors="replace"))
        for form in FORM.finditer(html):
            if any("disabled" not in button for button in BUTTON.findall(form[0])):
                self.forms.setdefault(unescape(form[1]), path)
        for link in map(unescape, LINK.findall(html)):
            same = self._kinds.setdefault(re.sub(r"\d+", "0", link.partition("?")[0]), set())
            if link.startswith("/") and link not in same and len(same) < 2:
                same.add(link)
                self._waiting.append((link, path))


@pytest.fixture(params=["attached", "at work"])
def company(request: pytest.FixtureRequest, tmp_path: Path, now: datetime, db: None) -> None:
    """A company that has just attached its system, and one with weeks of messages."""
    if request.param == "attached":
        station(tmp_path, now)
    else:
        cast.everything(now)


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize("role", [READER, OPERATOR, ADMINISTRATOR])
def test_every_link_opens_and_every_button_is_ones_own(role: str, signed_in: SignIn) -> None:
    client = signed_in(role)
    visitor = Visitor(client)
    assert visitor.refused == {}
    own = {action: page for action, page in visitor.forms.items() if not action.startswith(LEAVING)}
    forbidden = {
        a: page for a, page in own.items() if client.post(a or page, {}).status_code == 403
    }
    assert forbidden == {}


ENTRY = re.compile(r"<(?:input|select|textarea)\b[^>]*>")


def test_who_may_not_save_the_company_finds_no_field_to_fill_in(
    company: None, signed_in: SignIn
) -> None:
    page = signed_in(READER).get("/company/").content.decode()
    form = page[page.index('<form method="post" class="cf"') :].partition("</form>")[0]
    entries = [entry for entry in ENTRY.findall(form) if 'type="hidden"' not in entry]
    assert len(entries) > 5
    assert [entry for entry in entries if "disabled" not in entry] == []


def test_a_contact_of_a_source_is_not_offered_for_deletion(
    company: None, signed_in: SignIn
) -> None:
    client = signed_in(ADMINISTRATOR)
    assert "delete_selected" not in client.get("/contacts/contact/").content.decode()
    synced = Contact.objects.exclude(source="")[0]
    page = client.get(f"/contacts/contact/{synced.pk}/change/").content.decode()
    assert f"/contacts/contact/{synced.pk}/delete/" not in page
