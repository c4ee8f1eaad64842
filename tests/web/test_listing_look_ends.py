"""S32: an editor's rows that nobody waits for end their query in the business's database."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from emailketing.common.unwanted import Unwanted
from tests.outbox.cast import wait_until
from tests.sources.conftest import postgres_database, postgres_server
from tests.triggers.reports.slow import SlowBusiness
from tests.web import cast
from tests.web.reports import ReportDesk
from tests.web.test_report_preview_ends import SOON, looking

__all__ = ["postgres_database", "postgres_server"]
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROWS = "/listings/draft/clicked/rows/"
DEFINITION = {"table": "sale", "columns": [{"name": "branch", "field": "branch"}]}


@pytest.fixture
def business(
    tmp_path: Path, settings: Settings, now: datetime, postgres_database: str, db: None
) -> SlowBusiness:
    settings.HOME, settings.ATTACHMENTS = tmp_path, tmp_path / "attachments"
    desk = ReportDesk(tmp_path, now)
    cast.users()
    return SlowBusiness(desk.cast, postgres_database)


def _sent() -> dict[str, str]:
    return {"definition": json.dumps(DEFINITION), "table": "sale", "name": "Ventas"}


def test_whoever_closes_the_editor_ends_the_query(business: SlowBusiness) -> None:
    hung_up = Unwanted()
    with looking(ROWS, hung_up, _sent()) as said:
        wait_until(lambda: business.is_read() or said, SOON)
        assert said == []
        hung_up.tell()
        wait_until(lambda: not business.is_read(), SOON)
        assert "cancel" in wait_until(lambda: "".join(said), SOON)


def test_a_newer_look_at_the_same_draft_ends_the_one_before(business: SlowBusiness) -> None:
    with looking(ROWS, Unwanted(), _sent()) as first:
        wait_until(business.is_read, SOON)
        with looking(ROWS, Unwanted(), _sent()) as second:
            assert "cancel" in wait_until(lambda: "".join(first), SOON)
            wait_until(business.is_read, SOON)
            assert second == []
    wait_until(lambda: not business.is_read(), SOON)
