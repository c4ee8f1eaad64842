"""Runs one step by itself: an error ends nobody else's turn, and is remembered."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError

from emailketing.common.own_database import database_sentence
from emailketing.company.models import StepState
from emailketing.worker.steps import Step

logger = logging.getLogger(__name__)
AFTER_AN_ERROR, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=1)
LONGEST_REST = 2.0  # seconds: a clock that is put right must not make a lane rest for hours


@dataclass(slots=True)
class Record:
    """What is known of one step since the process began."""

    next_at: datetime | None = None
    began_at: datetime | None = None
    done_at: datetime | None = None
    failing_since: datetime | None = None
    failed_at: datetime | None = None
    failures: int = 0
    error: str = ""


class Book:
    """The records of all steps; each thread runs its own, one thread writes them down."""

    def __init__(self) -> None:
        self._records: dict[StepState.Name, Record] = {}
        self._lock = threading.Lock()

    def record(self, name: StepState.Name) -> Record:
        with self._lock:
            return self._records.setdefault(name, Record())

    def run(self, step: Step, now: datetime, *, is_news: bool = False) -> int:
        """Give the step its turn unless it rests; return how much it did."""
        record = self.record(step.name)
        if _rests(record, now) and not (is_news and step.is_woken and not record.failures):
            return 0
        record.began_at = now
        try:
            done = step.work(now)
        except DatabaseError as error:
            logger.warning("%s: %s", step.name, database_sentence(error))
            _fail(record, database_sentence(error), now)
            return 0
        except Exception as error:  # whatever it is, the others have their turn
            logger.exception("The step “%s” of the worker failed", step.name)
            _fail(record, f"{type(error).__name__}: {error}", now)
            return 0
        record.began_at, record.failing_since = None, None
        record.done_at, record.failures = now, 0
        record.next_at = None if done else now + step.pause
        return done

    def rest(self, steps: Sequence[Step], now: datetime) -> float:
        """Return for how many seconds none of the steps has anything to do, as far as they know."""
        nexts = [self.record(step.name).next_at or now for step in steps]
        return min(max((min(nexts) - now).total_seconds(), 0.0), LONGEST_REST)

    def write(self, now: datetime) -> None:
        """Keep everything where people read it: one statement."""
        with self._lock:
            known = list(self._records.items())
        rows = [
            StepState(
                name=name,
                began_at=record.began_at,
                done_at=record.done_at,
                failing_since=record.failing_since,
                failures=record.failures,
                error=record.error,
                failed_at=record.failed_at,
                written_at=now,
            )
            for name, record in known
        ]
        fields = ["began_at", "done_at", "failing_since", "failures", "error", "failed_at"]
        StepState.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=[*fields, "written_at"],
        )


def _rests(record: Record, now: datetime) -> bool:
    """A clock that was put back must not make a step rest for hours."""
    return record.next_at is not None and record.next_at - LONGEST_PAUSE <= now < record.next_at


def _fail(record: Record, sentence: str, now: datetime) -> None:
    record.began_at = None
    record.failures += 1
    record.failing_since = record.failing_since or now
    record.failed_at, record.error = now, " ".join(sentence.split())[:500]
    times: int = 2 ** min(record.failures - 1, 10)
    record.next_at = now + min(AFTER_AN_ERROR * times, LONGEST_PAUSE)
