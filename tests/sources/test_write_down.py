"""A block is written down, all or nothing; what the program errs over waits alone (R25)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection as ours

from emailketing.common.own_dialect import is_a_file
from emailketing.events.models import Event
from emailketing.sources.capture.errors import CaptureError, ValueDoesNotFit
from emailketing.sources.connectors import Connector
from emailketing.sources.documents.roll_up import Touched
from emailketing.sources.judging.edges import DocumentRead
from emailketing.sources.judging.judge import Origin, Overtaken, Work, note, write_down
from emailketing.sources.models import CapturedChange, DocumentState, PendingDocument, Source
from tests.sources.test_judge import NOON, change, connector, order, reading, source

__all__ = ["connector", "source"]  # fixtures
pytestmark = pytest.mark.django_db


def of_another_order(actor: str) -> DocumentRead:
    made = reading(order("P-8"), cause="c2", actor=actor)
    made.touched = Touched.of("order", "8")
    return made


def test_a_document_the_program_errs_over_waits_alone(
    source: Source, connector: Connector, caplog: pytest.LogCaptureFixture
) -> None:
    nobody: Any = 5  # a mistake of ours: who did it is a text
    unread = reading(None, problem=CaptureError(detail="no such column"))
    unread.touched = Touched.of("order", "9")
    work = Work([unread, of_another_order(nobody), reading(order())])
    assert write_down(source, connector, work, now=NOON) == 1
    assert [event.document_key for event in Event.objects.all()] == ["7"]
    assert {state.document_key for state in DocumentState.objects.all()} == {"7"}
    row = PendingDocument.objects.get(document_key="8")
    assert (row.attempts, row.file) == (1, "")
    assert row.reason.startswith("An error in the program (TypeError: ")
    assert any(one.exc_info and "order 8" in one.getMessage() for one in caplog.records)
    mended = Work([of_another_order("ana")], looked_at_again=[row.pk])
    assert write_down(source, connector, mended, now=NOON) == 1
    assert [row.document_key for row in PendingDocument.objects.all()] == ["9"]


def test_whoever_was_overtaken_looks_for_no_error_of_the_program(
    source: Source, connector: Connector, caplog: pytest.LogCaptureFixture
) -> None:
    Source.objects.filter(pk=source.pk).update(turn=source.turn + 1)
    with pytest.raises(Overtaken):
        write_down(source, connector, Work([reading(order())]), now=NOON)
    assert caplog.records == []


@contextmanager
def too_long_for_our_database() -> Iterator[str]:
    """What our own database cannot keep: PostgreSQL by its column, SQLite by its limit."""
    if not is_a_file():
        yield "x" * 60_000
        return
    with ours.cursor() as cursor:
        before = cursor.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 50_000)
        try:
            yield "x" * 60_000
        finally:
            cursor.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, before)


def test_a_value_our_database_cannot_keep_is_named_and_nothing_is_written(
    source: Source, connector: Connector
) -> None:
    changed = note(source, change(), Origin(None, "t", "ana", ""), now=NOON)
    with too_long_for_our_database() as changed.origin, pytest.raises(ValueDoesNotFit) as raised:
        write_down(source, connector, Work([reading(order())], noted=[changed]), now=NOON)
    words = "string or blob too big" if is_a_file() else "value too long for type"
    assert words in str(raised.value)
    assert not CapturedChange.objects.exists()
    assert not Event.objects.exists()
