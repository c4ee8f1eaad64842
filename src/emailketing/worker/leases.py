"""Which lanes this worker holds: several workers share them by leases in the database.

A lease is renewed with every sign of life; that of a worker that died ends by itself, and whoever
is left takes its lanes. A worker holds no more than its share, and gives back what is above it.
"""

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from emailketing.company.models import StepState, WorkerProcess
from emailketing.worker.book import KEPT, Book

if TYPE_CHECKING:  # with the lanes comes everything they do
    from emailketing.worker.steps import Lane

LEASE = timedelta(seconds=30)  # a worker shows itself every ten
FORGOTTEN_AFTER = timedelta(days=1)


class Leases:
    """The lanes of one worker. Its main thread keeps and takes, each lane's own gives back."""

    def __init__(self, me: str, book: Book, lanes: "Sequence[Lane]") -> None:
        self.me = me
        self._book = book
        self._lanes = {lane.name: lane for lane in lanes}
        self._lock = threading.Lock()
        self._until: dict[str, datetime] = {}  # by lane
        self._surplus: set[str] = set()

    def holds(self, lane: "Lane", now: datetime) -> bool:
        """Whether the lane may begin a turn."""
        with self._lock:
            return has_not_ended(self._until.get(lane.name), now)

    def must_give(self, lane: "Lane") -> bool:
        with self._lock:
            return lane.name in self._surplus

    def keep(self, now: datetime) -> None:
        """Renew what is held and keep its records, let go of what is above our share, take more."""
        self._renew(now)
        share = self._share(now)
        with self._lock:
            self._surplus = set(list(self._until)[share:])
        self.look(now)

    def look(self, now: datetime) -> None:
        """Take what nobody holds, up to our share: one question when nothing is free."""
        with self._lock:
            missing = [lane for name, lane in self._lanes.items() if name not in self._until]
        if not missing:
            return
        others = set(StepState.objects.exclude(_free(self.me, now)).values_list("name", flat=True))
        free = [lane for lane in missing if not others.intersection(_names(lane))]
        if free:
            more = self._share(now) - (len(self._lanes) - len(missing))
            for lane in free[: max(more, 0)]:
                self._take(lane, now)

    def give(self, lane: "Lane", now: datetime) -> None:
        """Let another worker have the lane, with all that is known of its steps."""
        with self._lock:
            self._surplus.discard(lane.name)
            self._until.pop(lane.name, None)
        self._write([lane], holder="", until=None, now=now)

    def release(self, now: datetime) -> None:
        """The worker ends in order: nobody has to wait for a lease to end."""
        self._write(list(self._lanes.values()), holder="", until=None, now=now)
        # what whoever had our name before held, and we never took: its records stay as they are
        StepState.objects.filter(holder=self.me).update(holder="", leased_until=None)
        WorkerProcess.objects.filter(name=self.me).delete()
        with self._lock:
            self._until.clear()

    def _share(self, now: datetime) -> int:
        """Return how many lanes each of the living workers may hold."""
        seen = WorkerProcess.objects.filter(seen_at__gt=now - LEASE, seen_at__lt=now + LEASE)
        alive = seen.exclude(name=self.me).count() + 1
        return -(-len(self._lanes) // alive)

    def _renew(self, now: datetime) -> None:
        with self._lock:
            held = [self._lanes[name] for name in self._until]
        if not held:
            return
        if self._write(held, holder=self.me, until=now + LEASE, now=now) < _count(held):
            mine = StepState.objects.filter(holder=self.me).values_list("name", flat=True)
            held = [lane for lane in held if set(_names(lane)) <= set(mine)]
        with self._lock:
            self._until = {lane.name: now + LEASE for lane in held if lane.name in self._until}

    def _write(
        self, lanes: "Sequence[Lane]", *, holder: str, until: datetime | None, now: datetime
    ) -> int:
        """Keep the records of steps that are ours: one statement."""
        known = self._book.rows(name for lane in lanes for name in _names(lane))
        numbers = dict(StepState.objects.filter(holder=self.me).values_list("name", "pk"))
        rows = [row for row in known if row.name in numbers]
        for row in rows:
            row.pk, row.holder, row.leased_until = numbers[row.name], holder, until
            row.written_at = now
        fields = [*KEPT, "holder", "leased_until", "written_at"]
        return StepState.objects.filter(holder=self.me).bulk_update(rows, fields) if rows else 0

    def _take(self, lane: "Lane", now: datetime) -> None:
        names = _names(lane)
        with transaction.atomic():
            new = [StepState(name=name, written_at=now) for name in names]
            if StepState.objects.filter(name__in=names).count() < len(names):
                StepState.objects.bulk_create(new, ignore_conflicts=True)
            rows = list(StepState.objects.select_for_update().filter(name__in=names).order_by("pk"))
            if StepState.objects.filter(name__in=names).exclude(_free(self.me, now)).exists():
                return  # another one was quicker
            self._book.read(rows)
            StepState.objects.filter(pk__in=[row.pk for row in rows]).update(
                holder=self.me, leased_until=now + LEASE
            )
        with self._lock:
            self._until[lane.name] = now + LEASE


def show_life(me: str, pid: int, now: datetime) -> None:
    """Say that we are there, and forget workers that nobody has seen for a day."""
    values = {"pid": pid, "seen_at": now}
    if not WorkerProcess.objects.filter(name=me, pid=pid).update(seen_at=now):
        WorkerProcess.objects.update_or_create(name=me, defaults={**values, "started_at": now})
    WorkerProcess.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).delete()


def has_not_ended(until: datetime | None, now: datetime) -> bool:
    """One that ends far ahead was written before the clock was put back: it is over too."""
    return until is not None and now < until < now + 2 * LEASE


def _free(me: str, now: datetime) -> Q:
    over = Q(leased_until=None) | Q(leased_until__lte=now) | Q(leased_until__gte=now + 2 * LEASE)
    return Q(holder__in=["", me]) | over


def _names(lane: "Lane") -> list[StepState.Name]:
    return [step.name for step in lane.steps]


def _count(lanes: "Iterable[Lane]") -> int:
    return sum(len(lane.steps) for lane in lanes)
