"""The business of the reports' tests; runs are kept in a folder of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

from tests.sources.conftest import postgres_database, postgres_server
from tests.triggers.reports.cast import ReportCast

__all__ = ["cast", "in_english", "postgres_database", "postgres_server"]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def cast(tmp_path: Path, db: None, settings: Settings) -> ReportCast:
    settings.HOME = tmp_path
    settings.ATTACHMENTS = tmp_path / "attachments"
    return ReportCast(tmp_path)
