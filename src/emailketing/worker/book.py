"""Runs one step by itself: an error ends nobody else's turn, and is remembered."""

import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING

from django.db import DatabaseError

from emailketing.common.due import has_come
from emailketing.common.own_database import database_sentence
from emailketing.company.models import StepState

if TYPE_CHECKING:  # with the steps comes everything they do
    from emailketing.worker.steps import Step

logger = logging.getLogger(__name__)
AFTER_AN_ERROR, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=1)
NOT_NEEDED = timedelta(seconds=2)  # nothing is attached, or nothing is noted
LONGEST_REST = 2.0  # seconds: a clock that is put right must not make a lane rest for hours


@dataclass(slots=True)
class Record:
    """What is known of one step; kept in its row, from where the next holder goes on."""

    next_at: datetime | None = None
    began_at: datetime | None = None
    done_at: datetime | None = None
    took: float | None = None  # seconds
    did: int = 0  # in the last turn that found anything
    failing_since: datetime | None = None
    failed_at: datetime | None = None
    failures: int = 0
    error: str = ""


KEPT = tuple(field.name for field in fields(Record))


class Book:
    """The records of the steps this worker holds; each thread runs its own, one writes them."""

    def __init__(self) -> None:
        self._records: dict[StepState.Name, Record] = {}
        self._lock = threading.Lock()

    def record(self, name: StepState.Name) -> Record:
        with self._lock:
            return self._records.setdefault(name, Record())

    def read(self, rows: Iterable[StepState]) -> None:
        """Go on where whoever held these steps before has stopped."""
        with self._lock:
            for row in rows:
                kept = {name: getattr(row, name) for name in KEPT}
                self._records[StepState.Name(row.name)] = Record(**{**kept, "began_at": None})

    def rows(self, names: Iterable[StepState.Name]) -> list[StepState]:
        """Return what is to be kept of these steps: of one that was never ours, nothing."""
        with self._lock:
            found = {name: self._records[name] for name in names if name in self._records}
        return [
            StepState(name=name, **{field: getattr(record, field) for field in KEPT})
            for name, record in found.items()
        ]

    def run(self, step: "Step", now: datetime, *, is_news: bool = False) -> int:
        """Give the step its turn unless it rests; return how much it did."""
        record = self.record(step.name)
        is_woken = is_news and step.is_woken and not record.failures
        longest = max(LONGEST_PAUSE, step.every)
        if not (is_woken or has_come(record.next_at, longest, now)):
            return 0
        record.began_at = now
        begun = perf_counter()
        try:
            is_needed = step.needs is None or step.needs()
            done = step.work(now) if is_needed else 0
        except DatabaseError as error:
            logger.warning("%s: %s", step.name, database_sentence(error))
            _fail(record, database_sentence(error), now)
            return 0
        except Exception as error:  # whatever it is, the others have their turn
            logger.exception("The step “%s” of the worker failed", step.name)
            _fail(record, f"{type(error).__name__}: {error}", now)
            return 0
        record.took, record.did = round(perf_counter() - begun, 3), done or record.did
        record.began_at, record.failing_since = None, None
        record.done_at, record.failures = now, 0
        rest = step.every if is_needed else max(step.every, NOT_NEEDED)
        record.next_at = None if done and step.is_woken else now + rest
        return done

    def rest(self, steps: "Sequence[Step]", now: datetime) -> float:
        """Return for how many seconds none of the steps has anything to do, as far as they know."""
        nexts = [self.record(step.name).next_at or now for step in steps]
        return min(max((min(nexts) - now).total_seconds(), 0.0), LONGEST_REST)


def _fail(record: Record, sentence: str, now: datetime) -> None:
    record.began_at = None
    record.failures += 1
    record.failing_since = record.failing_since or now
    record.failed_at, record.error = now, " ".join(sentence.split())[:500]
    times: int = 2 ** min(record.failures - 1, 10)
    record.next_at = now + min(AFTER_AN_ERROR * times, LONGEST_PAUSE)
