"""A block is written down, all or nothing; what the program errs over waits alone (R25)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection as ours

from emailketing.common.document import as_document
from emailketing.common.own_dialect import is_a_file
from emailketing.contacts.models import Contact
from emailketing.events.models import Event
from emailketing.sources.capture.errors import CaptureError, ValueDoesNotFit
from emailketing.sources.connectors import Connector
from emailketing.sources.documents.contacts import PartyRead
from emailketing.sources.documents.touched import Touched
from emailketing.sources.judging.edges import DocumentRead
from emailketing.sources.judging.judge import Origin, Overtaken, Work, note, write_down
from emailketing.sources.judging.pending import ReadAttempt
from emailketing.sources.models import CapturedChange, DocumentState, PendingDocument, Source
from tests.sources.test_judge import LATER, NOON, change, connector, known, order, reading, source

__all__ = ["connector", "source"]  # fixtures
pytestmark = pytest.mark.django_db


def life_of(key: str) -> tuple[int, bool]:
    state = DocumentState.objects.get(process="order", document_key=key)
    return state.life, state.is_true


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


@pytest.mark.parametrize("problem", [None, CaptureError(detail="no such column")])
def test_a_document_over_whose_ending_the_program_errs_waits_alone(
    source: Source, connector: Connector, problem: CaptureError | None
) -> None:
    """It is not known whether another one has its key: it stays what it was."""
    no_row: Any = 5  # a mistake of ours: the row that was inserted
    known(source, "order", "8", "P-0")
    unsure = of_another_order("ana")
    unsure.deleted_at, unsure.born, unsure.problem = LATER, no_row, problem
    work = Work([unsure, reading(order())])
    assert write_down(source, connector, work, now=LATER) == 1
    assert [event.document_key for event in Event.objects.all()] == ["7"]
    assert life_of("8") == (0, True)
    row = PendingDocument.objects.get()
    wanted = str(problem) if problem else "An error in the program (AttributeError: "
    assert (row.document_key, row.reason.startswith(wanted)) == ("8", True)


def test_a_document_deleted_for_certain_ends_whatever_was_inserted(
    source: Source, connector: Connector
) -> None:
    no_row: Any = 5
    known(source, "order", "8", "P-0")
    another = of_another_order("ana")
    another.deleted_at, another.born, another.was_deleted = LATER, no_row, True
    assert write_down(source, connector, Work([another]), now=LATER) == 1
    assert life_of("8") == (1, True)


def test_what_the_program_errs_over_begins_its_new_life_all_the_same(
    source: Source, connector: Connector
) -> None:
    """Else nobody would be told of it when the program is mended (C9)."""
    nobody: Any = 5
    known(source, "order", "8", "P-0")
    anew = of_another_order(nobody)
    anew.deleted_at, anew.was_deleted = LATER, True
    assert write_down(source, connector, Work([anew, reading(order())]), now=LATER) == 1
    assert life_of("8") == (1, False)
    row = PendingDocument.objects.get(document_key="8")
    mended = Work([of_another_order("ana")], looked_at_again=[row.pk])
    assert write_down(source, connector, mended, now=LATER) == 1


def test_a_party_the_program_errs_over_waits_with_its_documents(
    source: Source, connector: Connector
) -> None:
    nameless: Any = None  # a mistake of ours: nothing is ""
    parties = [Touched.of("customer", key) for key in (1, 2)]
    people = [PartyRead("customer:1", True, nameless), PartyRead("customer:2", True, "Ana")]
    told = of_another_order("ana")
    told.document = as_document({**order("P-8"), "party": {"key": "customer:1"}})
    other = reading({**order(), "party": {"key": "customer:2"}})
    work = Work([told, other], people, [ReadAttempt(one, NOON) for one in parties])
    assert write_down(source, connector, work, now=NOON) == 1
    assert [contact.key for contact in Contact.objects.all()] == ["customer:2"]
    waiting = PendingDocument.objects.order_by("document_type")
    assert [(row.document_type, row.document_key) for row in waiting] == [
        ("customer", "1"),
        ("order", "8"),
    ]
    assert all(row.reason.startswith("An error in the program (") for row in waiting)


def test_what_cannot_be_read_keeps_its_reason_where_its_party_waits_too(
    source: Source, connector: Connector
) -> None:
    nameless: Any = None  # a mistake of ours: nothing is ""
    party = Touched.of("customer", 1)
    unread, gone = of_another_order("ana"), reading(order(), cause="c3")
    unread.document = as_document({**order("P-8"), "party": {"key": "customer:1"}})
    unread.problem = ValueDoesNotFit(why="too long")
    gone.document = None
    people = [PartyRead("customer:1", True, nameless)]
    write_down(
        source, connector, Work([unread, gone], people, [ReadAttempt(party, NOON)]), now=NOON
    )
    assert "too long" in PendingDocument.objects.get(document_key="8").reason


def test_a_document_our_database_cannot_keep_waits_alone_and_is_no_error_in_the_program(
    source: Source, connector: Connector, caplog: pytest.LogCaptureFixture
) -> None:
    unkept = of_another_order("ana")
    with too_long_for_our_database() as long:
        label = long if is_a_file() else "\0"  # no column for it has a limit in PostgreSQL
        unkept.document = as_document({**order("P-8"), "label": label})
        assert write_down(source, connector, Work([unkept, reading(order())]), now=NOON) == 1
    row = PendingDocument.objects.get(document_key="8")
    assert row.reason.startswith("A value of the business database does not fit into ours (")
    assert "\n" not in row.reason
    assert not [one for one in caplog.records if one.exc_info]


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
