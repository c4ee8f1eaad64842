"""Do the runs of reports: plan what is due, take one, keep it while it is done."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import close_old_connections, connections

from emailketing.common.due import has_come
from emailketing.common.reading import one_reading
from emailketing.common.unwanted import OnUnwanted, Unwanted
from emailketing.links.signed import forget_links
from emailketing.listings.look import expire_looks
from emailketing.schedule.models import Run
from emailketing.schedule.work import claim, renew
from emailketing.triggers.reports.definition.draft import drop_old_drafts
from emailketing.triggers.reports.running.expire import expire_runs
from emailketing.triggers.reports.running.plan import plan_reports
from emailketing.triggers.reports.running.run_report import Clock, run_report, tell_given_up

LOOK_EVERY = 2.0  # seconds: how soon a cancelled run ends; its lease is renewed, too
KIND = "report"
CHORES_EVERY = timedelta(minutes=1)


class RunWork:
    """One worker at the runs; `stop` ends the reading of the source and gives the run back."""

    def __init__(self, holder: str, clock: Clock, stop: threading.Event) -> None:
        self._holder = holder
        self._clock = clock
        self._stop = stop
        self._chores_at: datetime | None = None

    def turn(self) -> int:
        """Plan what is due and do one run; return how much there was to do."""
        with one_reading():
            planned = plan_reports(self._clock())
            run = claim(self._holder, kind=KIND, now=self._clock())
        if run is None:
            return planned + self._chores()
        with self._kept(run) as on_unwanted, one_reading():
            run_report(run, clock=self._clock, on_unwanted=on_unwanted)
        return planned + 1

    def _chores(self) -> int:
        """Now and then: forget what is over, tell of runs that nobody could do."""
        now = self._clock()
        if not has_come(self._chores_at, CHORES_EVERY, now):
            return 0
        self._chores_at = now + CHORES_EVERY
        with one_reading():
            forgotten = expire_runs(now) + expire_looks(now) + drop_old_drafts(now)
            return forgotten + forget_links(now) + tell_given_up(now)

    @contextmanager
    def _kept(self, run: Run) -> Iterator[OnUnwanted]:
        """Renew the lease while the block lasts; whoever cancels the run stops its reading."""
        watch = _Watch(run, self._clock, self._stop)
        thread = threading.Thread(target=watch.run, name=f"run {run.pk}", daemon=True)
        thread.start()
        try:
            yield watch.unwanted.on
        finally:
            watch.over.set()
            thread.join()


class _Watch:
    """Looks whether the run is still wanted here, beside whoever does it."""

    def __init__(self, run: Run, clock: Clock, stop: threading.Event) -> None:
        self.over = threading.Event()
        self._run = run
        self._clock = clock
        self._stop = stop
        self.unwanted = Unwanted()

    def run(self) -> None:
        try:
            while not self.over.wait(LOOK_EVERY):
                close_old_connections()
                if self._is_over():
                    self.unwanted.tell()
        finally:
            connections.close_all()

    def _is_over(self) -> bool:
        is_told = self.unwanted.is_told or self._stop.is_set()
        return is_told or not renew(self._run, now=self._clock())


def work_off(holder: str, clock: Callable[[], datetime]) -> int:
    """Do everything that is due now; return how much that was."""
    work, done = RunWork(holder, clock, threading.Event()), 0
    while turn := work.turn():
        done += turn
    return done
