"""For all tests: which of them share something and must not run beside each other."""

import gc
import os
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, Phase, settings
from pytest_django import DjangoDbBlocker

from emailketing.common.crypto import write_key
from tests.migrated import Migrated, one_at_a_time
from tests.scheduling import Scheduling, turn_of

ALONE = {"tryton": "one Tryton for all"}  # folder → what its tests share
SECOND_ROUND = "EMAILKETING_TEST_SECOND_ROUND"  # set by `make test`: what differs on PostgreSQL
FEWEST_PARTS = 3  # whoever runs one or two knows what he runs
SAME_ON_BOTH = {  # the wire and the words: our own database only looks on
    "outbox/test_receipt_queue.py",
    "outbox/test_gammu.py",
    "outbox/test_smpp.py",
    "triggers/test_wording.py",
}


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
def migrated_before(
    django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> Callable[[], None]:
    """Begin with a copy where there is one; what is returned keeps one where there was none."""
    with django_db_blocker.unblock(), ExitStack() as waiting:
        waiting.enter_context(one_at_a_time())
        migrated = Migrated()
        if migrated.is_there():
            migrated.begin_with_it()
            return lambda: None
        held = waiting.pop_all()

    def keep() -> None:
        with held, django_db_blocker.unblock():
            migrated.keep()

    return keep


@pytest.fixture(scope="session")
def django_db_setup(
    closed_to_others: int, migrated_before: Callable[[], None], django_db_setup: None
) -> None:
    """Only for the file of the database: servers of the tests run as other users."""
    migrated_before()
    os.umask(closed_to_others)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what shares something in one process, and begin with what takes longest."""
    if os.environ.get(SECOND_ROUND):
        same = [item for item in items if not differs(item)]
        config.hook.pytest_deselected(items=same)
        items[:] = [item for item in items if differs(item)]
    for item in items:
        folder = item.path.parent.name
        if folder in ALONE:
            item.add_marker(pytest.mark.xdist_group(folder))
    items.sort(key=lambda item: turn_of(item.path.parent.name))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)


def pytest_collection_finish() -> None:
    """Ten thousand tests and every module stay to the end: they are not looked through again."""
    gc.collect()
    gc.freeze()


def differs(item: pytest.Item) -> bool:
    """Say whether a test can end otherwise with PostgreSQL as our own database."""
    if any(item.nodeid.startswith(f"tests/{name}") for name in SAME_ON_BOTH):
        return False
    with_fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or {"db", "transactional_db"} & with_fixtures)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what each part took: what grows is seen where it grows."""
    seconds: defaultdict[str, float] = defaultdict(float)
    tests: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                part = report.nodeid.removeprefix("tests/").partition("/")[0]
                seconds[part] += report.duration
                tests[part] += report.when == "call"
    if len(tests) < FEWEST_PARTS:
        return
    terminalreporter.write_sep("=", "seconds of each part")
    for part, taken in sorted(seconds.items(), key=lambda item: -item[1]):
        terminalreporter.write_line(f"{taken:7.0f}  {part} ({tests[part]} tests)")
