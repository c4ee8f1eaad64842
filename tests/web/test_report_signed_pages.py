"""P11: the pages of a report's readers in the console: who looked, ended, asked for a PIN."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from emailketing.accounts.roles import OPERATOR, READER
from emailketing.links.models import SignedLink
from emailketing.links.signed import LinkReader, make_link
from emailketing.triggers.reports.definition.pages import PAGE
from emailketing.triggers.reports.definition.readers import readers_of
from emailketing.triggers.reports.models import Report
from tests.web import cast
from tests.web.reports import ReportDesk

SignIn = Callable[[str], Client]


@pytest.fixture
def report(db: None, tmp_path: Path, settings: Settings, now: datetime) -> Report:
    settings.HOME, settings.ATTACHMENTS = tmp_path, tmp_path / "attachments"
    desk = ReportDesk(tmp_path, now)
    cast.users()
    made = desk.report()
    for name in ("ana", "luis"):
        reader = LinkReader("email", f"{name}@shop.example", name.capitalize(), "es")
        until = now + timedelta(days=9)
        make_link(PAGE, made.trigger, reader, now=now, detail="7/all/", expires_at=until)
    return made


def test_p11_the_page_of_one_reader_is_ended_alone(report: Report, signed_in: SignIn) -> None:
    client, path = signed_in(OPERATOR), f"/reports/{report.pk}/pages/"
    assert path in client.get(f"/reports/{report.pk}/").content.decode()
    page = client.get(path).content.decode()
    assert "ana@shop.example" in page
    assert 'href="/runs/7/"' in page
    assert "dirección pública" in page  # why no links are written here
    client.post(path, {"do": "revoke", "run": "7", "reader": "ana@shop.example"})
    ended = SignedLink.objects.exclude(revoked_at=None)
    assert [(one.address, one.revoked_by) for one in ended] == [("ana@shop.example", OPERATOR)]
    client.post(path, {"do": "revoke"})
    assert not SignedLink.objects.filter(revoked_at=None).exists()


def test_s22_the_pin_is_set_and_never_shown(report: Report, signed_in: SignIn) -> None:
    client, path = signed_in(OPERATOR), f"/reports/{report.pk}/pages/"
    refused = client.post(path, {"do": "pin", "pin": "12"}, follow=True)
    assert "4 a 12" in refused.content.decode()
    said = client.post(path, {"do": "pin", "pin": "246810"}, follow=True).content.decode()
    report.refresh_from_db()
    assert report.pin_secret
    assert "246810" not in said
    assert report.pin_secret not in said
    client.post(path, {"do": "no-pin"})
    report.refresh_from_db()
    assert report.pin_secret == ""


def test_p9_what_a_reader_wants_is_seen_and_said_for_him(report: Report, signed_in: SignIn) -> None:
    client, path = signed_in(OPERATOR), f"/reports/{report.pk}/pages/"
    said = {"do": "wish", "reader": "Boss@shop.example", "choice": "weekly"}
    page = client.post(path, said, follow=True).content.decode()
    assert "boss@shop.example" in page
    wish = readers_of(report).get()
    assert (wish.often, wish.changed_by) == ("weekly", OPERATOR)
    client.post(path, said | {"choice": "sometimes"})
    client.post(path, said | {"reader": ""})
    assert readers_of(report).get().often == "weekly"


def test_who_only_looks_ends_no_page(report: Report, signed_in: SignIn) -> None:
    client, path = signed_in(READER), f"/reports/{report.pk}/pages/"
    assert 'name="do"' not in client.get(path).content.decode()
    assert client.post(path, {"do": "revoke"}).status_code == 403
    assert not SignedLink.objects.exclude(revoked_at=None).exists()


def test_a_report_is_found_by_its_name(report: Report, signed_in: SignIn) -> None:
    found = signed_in(READER).get("/search/", {"q": "sales of"}).content.decode()
    assert f'href="/reports/{report.pk}/"' in found
