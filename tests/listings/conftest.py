"""The businesses of the tests of sources, and the books of the sample company."""

import shutil
from pathlib import Path

import pytest

from emailketing.sources.models import Source
from tests.listings.station_books import station
from tests.sources.conftest import (
    in_english,
    postgres_database,
    postgres_server,
    postgres_site,
    postgres_store,
    shop,
    site,
    sqlite_site,
    sqlite_store,
)
from tests.sources.shop import now
from tests.sources.station import seeded_once

__all__ = [
    "in_english",
    "postgres_database",
    "postgres_server",
    "postgres_site",
    "postgres_store",
    "shop",
    "site",
    "sqlite_site",
    "sqlite_store",
    "station",
]


@pytest.fixture
def books(tmp_path: Path, db: None) -> Source:
    """The sample company to be read only: nothing of ours is installed in it."""
    file = shutil.copy(seeded_once(), tmp_path / "estacion.db")
    return Source.objects.create(
        slug="estacion",
        name="Estación",
        connector="estacion",
        dialect="sqlite",
        database=str(file),
        created_at=now(),
    )
