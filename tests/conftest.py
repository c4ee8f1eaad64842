"""For all tests: which of them share something and must not run beside each other."""

import os

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, Phase, settings

from emailketing.common.crypto import write_key

ALONE = {"tryton": "one Tryton for all"}  # folder → what its tests share


# a busy machine is no finding
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# `make mutants`: the same examples for each of them, and no looking for a smaller one
settings.register_profile(
    "mutants",
    parent=settings.get_profile("busy"),
    phases=(Phase.explicit, Phase.generate),
    database=None,
    derandomize=True,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "busy"))


def pytest_configure() -> None:
    """The key of this run is kept at once: a test that encrypts need not have a database."""
    write_key(django_settings.KEY_FILE)


@pytest.fixture(scope="session")
def closed_to_others() -> int:
    """As `emailketing` does; otherwise each page would say that the database is open (S22)."""
    return os.umask(0o077)


@pytest.fixture(scope="session")
def django_db_setup(closed_to_others: int, django_db_setup: None) -> None:
    """Only for the file of the database: servers of the tests run as other users."""
    os.umask(closed_to_others)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what shares something in one process, and begin with it: it takes longest."""
    for item in items:
        folder = item.path.parent.name
        if folder in ALONE:
            item.add_marker(pytest.mark.xdist_group(folder))
    items.sort(key=lambda item: item.path.parent.name not in ALONE)
