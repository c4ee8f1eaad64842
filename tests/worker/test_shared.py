"""Two real workers on one PostgreSQL share the steps; when one is killed the other goes on."""

import os
import signal
from pathlib import Path

import pytest
from django.db import connection

from emailketing.company.models import Company, StepState, WorkerProcess
from tests.outbox.cast import wait_until
from tests.worker.processes import running
from tests.worker.test_serve import refusal

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = ("worker", "--only", "steps")


def holders() -> set[str]:
    """Return who holds the lanes now; a lane that nobody holds is "" or missing."""
    return set(StepState.objects.values_list("holder", flat=True))


def has_turns(name: str) -> bool:
    """Whether every step that it holds has had a turn in its hands."""
    mine = StepState.objects.filter(holder=name)
    return mine.exists() and not mine.filter(done_at=None).exists()


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="in the second round: SQLite has one writer"
)
def test_two_workers_share_the_steps_and_one_takes_over_when_the_other_is_killed(
    tmp_path: Path,
) -> None:
    Company.get()
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with running(tmp_path / "one", *WORKER) as one, running(tmp_path / "two", *WORKER):
        wait_until(lambda: len(holders() - {""}) == 2 and "" not in holders(), 60)
        names = {worker.pid: worker.name for worker in WorkerProcess.objects.all()}
        dead = names.pop(one.pid)
        (left,) = names.values()
        shares = StepState.objects.filter(holder=dead).values_list("name", flat=True)
        taken = set(shares)
        assert taken
        assert taken != set(StepState.Name.values)
        wait_until(lambda: has_turns(dead) and has_turns(left), 60)
        os.kill(one.pid, signal.SIGKILL)
        # its leases need not be waited for
        StepState.objects.filter(holder=dead).update(leased_until=None, done_at=None)
        wait_until(lambda: holders() == {left} and has_turns(left), 60)


def test_several_workers_are_refused_on_sqlite(tmp_path: Path) -> None:
    own = {"DATABASE_URL": f"sqlite:///{tmp_path}/own.sqlite3"}  # whatever the test's own one is
    said = refusal(tmp_path, "serve", "--workers", "2", **own)
    assert "Several workers need PostgreSQL" in said
