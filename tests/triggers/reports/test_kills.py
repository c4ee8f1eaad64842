"""Killed anywhere, a run is finished by another worker, and nobody gets it twice (P1)."""

import os
import signal
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from pytest_django.fixtures import Settings

from emailketing.outbox.models import Message
from emailketing.outbox.sending import faults
from emailketing.schedule.models import Run
from emailketing.schedule.work import LEASE, MOST_ATTEMPTS
from emailketing.triggers.reports.models import Report
from emailketing.triggers.reports.running.work import work_off
from tests.outbox.cast import wait_until
from tests.triggers.reports.cast import DAILY, NOW, ReportCast
from tests.worker.processes import running

SELLERS = [f"s{number}@shop.example" for number in range(6)]
POINTS = ("report_claimed", "report_read", "report_share", "report_written")
EACH_HIS_OWN = {"column": "seller", "kind": "address"}


class Killed(BaseException):
    """As by kill -9: nothing of ours runs after it, what is not committed is gone."""


class Death:
    """Dies at a point, the so-many-eth time it is reached; then never more."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = 0
        monkeypatch.setattr(os, "kill", self._kill)
        self._patch = monkeypatch

    def at(self, point: str, times: int) -> None:
        self.left = times
        self._patch.setattr(faults, "_ARMED", point)

    def _kill(self, _pid: int, number: int) -> None:
        assert number == signal.SIGKILL
        self.left -= 1
        if self.left == 0:
            raise Killed


def of_all_sellers(cast: ReportCast) -> Report:
    cast.sell(*(("Central", seller, 10) for seller in SELLERS * 2))
    return cast.report(rows_by=EACH_HIS_OWN)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(8))
def test_p1_killed_again_and_again_each_gets_it_once(
    cast: ReportCast, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    report, dice, now = of_all_sellers(cast), Random(seed), NOW  # noqa: S311 - chooses moments
    death = Death(monkeypatch)
    for _ in range(MOST_ATTEMPTS - 1):
        death.at(dice.choice(POINTS), dice.randint(1, 4))
        with suppress(Killed):
            work_off("one", lambda: now)  # noqa: B023
        now += LEASE + timedelta(seconds=1)
    death.at("", 0)
    work_off("two", lambda: now)
    run = Run.objects.get(trigger=report.trigger)
    assert (run.state, run.rows, run.messages) == (Run.State.SENT, 12, len(SELLERS) + 1)
    copies = Counter(Message.objects.values_list("address", flat=True))
    assert copies == dict.fromkeys(["boss@shop.example", *SELLERS], 1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_p1_a_process_of_its_own_is_killed_and_another_goes_on(
    tmp_path: Path, settings: Settings
) -> None:
    settings.HOME = tmp_path
    settings.ATTACHMENTS = tmp_path / "attachments"
    cast = ReportCast(tmp_path)
    report = of_all_sellers(cast)
    report.values = {"period": "2026-11-29..2026-11-29"}
    report.schedule = DAILY | {"times": [f"{hour:02}:00" for hour in range(24)]}
    report.planned_until = datetime.now(UTC) - timedelta(hours=1, minutes=5)  # noqa: TID251
    report.save()
    words = ("worker", "--only", "reports")
    with running(tmp_path, *words, EMAILKETING_FAULT="report_share") as process:
        assert process.wait(60) == -signal.SIGKILL, process.text
    assert Message.objects.count() == 1
    # the lease is not waited for
    Run.objects.update(leased_until=datetime.now(UTC))  # noqa: TID251
    with running(tmp_path, *words) as process:
        wait_until(lambda: Run.objects.filter(state=Run.State.SENT).exists(), 60)
    copies = Counter(Message.objects.values_list("address", flat=True))
    assert copies == dict.fromkeys(["boss@shop.example", *SELLERS], 1)
