"""For all tests: which of them share something and must not run beside each other."""

import pytest
from hypothesis import HealthCheck, settings

ALONE = {"tryton": "one Tryton for all"}  # folder → what its tests share


# a busy machine is no finding
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what shares something in one process, and begin with it: it takes longest."""
    for item in items:
        folder = item.path.parent.name
        if folder in ALONE:
            item.add_marker(pytest.mark.xdist_group(folder))
    items.sort(key=lambda item: item.path.parent.name not in ALONE)
