"""The books of two companies in each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.keys.books import postgres_books, sqlite_books
from tests.sources.shop import Shop


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def books(request: pytest.FixtureRequest, tmp_path: Path, db: None) -> Iterator[Shop]:
    """The books, with our source not attached yet."""
    if request.param == "sqlite":
        with sqlite_books(tmp_path) as found:
            yield found
        return
    with postgres_books(tmp_path, request.getfixturevalue("postgres_database")) as found:
        yield found
