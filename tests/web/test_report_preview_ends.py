"""P5: a preview that nobody waits for any more ends its query in the business's own database."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from pytest_django.fixtures import Settings

from emailketing.accounts.models import User
from emailketing.accounts.roles import OPERATOR
from emailketing.common.unwanted import HUNG_UP, Unwanted
from emailketing.triggers.reports.definition.draft import begin_draft
from emailketing.triggers.reports.models import ReportDraft
from tests.outbox.cast import wait_until
from tests.sources.conftest import postgres_database, postgres_server
from tests.triggers.reports.slow import SlowBusiness
from tests.web import cast
from tests.web.reports import ReportDesk

__all__ = ["postgres_database", "postgres_server"]
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
SOON = 20  # seconds; the reading takes sixty
NOTHING: Mapping[str, str] = {}


@pytest.fixture
def business(
    tmp_path: Path, settings: Settings, now: datetime, postgres_database: str, db: None
) -> SlowBusiness:
    settings.HOME, settings.ATTACHMENTS = tmp_path, tmp_path / "attachments"
    desk = ReportDesk(tmp_path, now)
    cast.users()
    begin_draft(desk.report(), author=User.objects.get(username=OPERATOR), now=now)
    return SlowBusiness(desk.cast, postgres_database)


@contextmanager
def looking(
    address: str, hung_up: Unwanted, sent: Mapping[str, str] = NOTHING
) -> Iterator[list[str]]:
    """Look at what is made there in another thread; give what it says in the end."""
    said: list[str] = []
    environ: dict[str, Any] = {HUNG_UP: hung_up}
    client = Client(**environ)
    client.force_login(User.objects.get(username=OPERATOR))

    def look() -> None:
        try:
            said.append(client.post(address, sent).content.decode())
        finally:
            connections.close_all()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield said
    finally:
        hung_up.tell()
        thread.join(SOON)
    assert not thread.is_alive()


def test_whoever_closes_the_page_ends_the_query(business: SlowBusiness) -> None:
    hung_up = Unwanted()
    address = _seen_address()
    with looking(address, hung_up) as said:
        wait_until(business.is_read, SOON)
        hung_up.tell()
        wait_until(lambda: not business.is_read(), SOON)
        assert "cf-note--warn" in wait_until(lambda: "".join(said), SOON)


def test_a_newer_preview_of_the_same_draft_ends_the_one_before(business: SlowBusiness) -> None:
    address = _seen_address()
    with looking(address, Unwanted()) as first:
        wait_until(business.is_read, SOON)
        with looking(address, Unwanted()) as second:
            wait_until(lambda: "".join(first), SOON)
            wait_until(business.is_read, SOON)
            assert second == []
    wait_until(lambda: not business.is_read(), SOON)


def _seen_address() -> str:
    return f"/reports/drafts/{ReportDraft.objects.get().pk}/look/seen/"
