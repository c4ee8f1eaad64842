"""What is written down of a block just read, without a business database (C9, C17, C22, R25)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from emailketing.common.document import as_document
from emailketing.contacts.models import Contact
from emailketing.events.models import Event
from emailketing.sources.capture.base import HEARTBEAT, RowChange
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import Connector, load
from emailketing.sources.documents.contacts import PartyRead
from emailketing.sources.documents.touched import Touched
from emailketing.sources.judging.edges import DocumentRead
from emailketing.sources.judging.judge import (
    ATTEMPTS,
    Origin,
    Overtaken,
    Work,
    already_stored,
    merged,
    not_judged,
    note,
    read_and_write_down,
    write_down,
)
from emailketing.sources.judging.pending import ReadAttempt
from emailketing.sources.judging.unmatched import Led
from emailketing.sources.models import CapturedChange, DocumentState, PendingDocument, Source
from tests.sources.shop import write_connector
from tests.sources.test_annulled import PROCESSES

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
P7 = Touched.of("order", "7")
ORIGIN = Origin(None, "pedido", "ana", "7")


@pytest.fixture(scope="module")
def connector(tmp_path_factory: pytest.TempPathFactory) -> Connector:
    folder: Path = write_connector(tmp_path_factory.mktemp("judge") / "tienda")
    file = folder / "connector.toml"
    file.write_text(file.read_text().replace("[processes.order]\n", PROCESSES))
    return load(str(folder))


@pytest.fixture
def source(connector: Connector) -> Source:
    made = Source(slug="tienda", name="Tienda", dialect="sqlite", created_at=NOON)
    made.stocked = list(connector.edges)
    made.save()
    return made


def order(number: str = "P-7", state: str = "confirmado", total: str = "5") -> dict[str, Any]:
    lines = [{"description": "Yerba", "quantity": "1"}]
    words = {"number": number, "state": state, "label": f"Pedido {number}"}
    return {**words, "totals": {"total": total}, "lines": lines}


def reading(document: Any, **values: Any) -> DocumentRead:
    usual: dict[str, Any] = {"before": {}, "actor": "ana", "at": NOON, "cause": "c1"}
    return DocumentRead(P7, document and as_document(document), **(usual | values))


def change(uid: str = "u1", **values: Any) -> RowChange:
    usual: dict[str, Any] = {
        "order": 1,
        "transaction": "t1",
        "at": NOON,
        "table": "pedido",
        "op": "U",
        "key": {"id": 7},
        "old": {"estado": "borrador"},
        "new": {"estado": "confirmado", "nota": "x"},
        "actor": "ana",
        "db_user": "ventas",
        "application": "caja",
    }
    return RowChange(uid, **(usual | values))


def told(source: Source, connector: Connector, one: DocumentRead, now: datetime = NOON) -> int:
    return write_down(source, connector, Work(readings=[one]), now=now)


def known(source: Source, process: str, key: str, number: str, *, is_true: bool = True) -> None:
    place = {"source": source, "process": process, "document_key": key}
    DocumentState.objects.create(**place, is_true=is_true, number=number, seen_at=NOON)


def life() -> int:
    return DocumentState.objects.get(process="order").life


def test_becoming_so_is_one_event_and_only_once(source: Source, connector: Connector) -> None:
    assert told(source, connector, reading(order(state="borrador"))) == 0
    assert told(source, connector, reading(order())) == 1
    assert told(source, connector, reading(order(), cause="c2"), NOON + HOUR) == 0
    state, event = DocumentState.objects.get(process="order"), Event.objects.get()
    assert (state.is_true, state.number, state.seen_at) == (True, "P-7", NOON + HOUR)
    assert (event.document_label, event.actor, event.recorded_at) == ("Pedido P-7", "ana", NOON)


def test_each_block_takes_a_turn_and_who_is_overtaken_writes_nothing(
    source: Source, connector: Connector
) -> None:
    slow = Source.objects.get(pk=source.pk)
    other = Source.objects.create(slug="otra", name="Otra", dialect="sqlite", created_at=NOON)
    assert [told(source, connector, reading(order())) for _ in range(2)] == [1, 0]
    assert source.turn == Source.objects.get(pk=source.pk).turn == 2
    with pytest.raises(Overtaken):
        write_down(slow, connector, Work(noted=[note(slow, change(), ORIGIN, now=NOON)]), now=NOON)
    assert not CapturedChange.objects.exists()
    other.refresh_from_db()
    assert (slow.turn, other.turn) == (0, 0)


@pytest.mark.parametrize("overtaken", [0, 1, ATTEMPTS - 1, ATTEMPTS])
def test_who_was_overtaken_reads_again_a_few_times(
    source: Source, connector: Connector, overtaken: int
) -> None:
    reads = []
    source.name = "as typed in a form"

    def read() -> Work:
        reads.append(source.turn)
        if len(reads) <= overtaken:
            Source.objects.filter(pk=source.pk).update(turn=100 + len(reads))
        return Work(readings=[reading(order())])

    if overtaken == 10:
        with pytest.raises(Overtaken):
            read_and_write_down(source, connector, read, now=NOON)
        assert len(reads) == 10
        return
    assert read_and_write_down(source, connector, read, now=NOON) == 1
    assert len(reads) == overtaken + 1
    assert source.name == "as typed in a form"


def test_c17_a_change_that_came_back_is_stored_once(source: Source, connector: Connector) -> None:
    long = "x" * 70
    for _ in range(2):
        noted = [note(source, change(uid), ORIGIN, now=NOON) for uid in ("u1", long)]
        write_down(source, connector, Work(noted=noted), now=NOON)
    assert CapturedChange.objects.count() == 2
    other = Source.objects.create(slug="otra", name="Otra", dialect="sqlite", created_at=NOON)
    asked = [change("u1"), change(long), change("u3")]
    assert already_stored(source, asked) == {"u1", "x" * 64}
    assert already_stored(other, asked) == set()
    assert already_stored(source, [change("u3")]) == set()


def test_a_paused_process_and_one_without_its_past_are_not_judged(
    source: Source, connector: Connector
) -> None:
    assert not_judged(source, connector) == {}
    source.stocked.remove("order")
    source.paused_processes = {"notice": "a column is missing"}
    found = not_judged(source, connector)
    assert set(found) == {"order", "notice"}
    assert found["order"]
    assert found["notice"] == "a column is missing"
    source.paused_processes = {"order": "paused by hand"}
    assert not_judged(source, connector) == {"order": "paused by hand"}


def test_what_waits_for_a_paused_process_is_told_later_with_its_past(
    source: Source, connector: Connector
) -> None:
    source.paused_processes = {"order": "a column is missing"}
    source.save()
    assert told(source, connector, reading(order(), before={"estado": "borrador"})) == 0
    waiting = PendingDocument.objects.get()
    assert (waiting.reason, waiting.actor, waiting.attempts) == ("a column is missing", "ana", 0)
    assert (waiting.before, waiting.at) == ({"estado": "borrador"}, NOON)
    assert not DocumentState.objects.filter(process="order").exists()
    source.paused_processes = {}
    source.save()
    assert told(source, connector, reading(order())) == 1
    assert Event.objects.get().data["before"] == {"state": "borrador"}
    assert not PendingDocument.objects.exists()


def test_another_process_that_is_paused_stops_nothing(source: Source, connector: Connector) -> None:
    source.paused_processes = {"notice": "a column is missing"}
    source.save()
    assert told(source, connector, reading(order())) == 1
    assert not PendingDocument.objects.exists()


def test_what_a_deleted_document_was_is_not_what_the_next_one_was(
    source: Source, connector: Connector
) -> None:
    PendingDocument.objects.create(
        source=source, document_type="order", document_key="7", before={"total": 1}, at=NOON
    )
    assert told(source, connector, reading(order(), was_deleted=True)) == 1
    assert Event.objects.get().data["before"] == {}


def test_r25_what_cannot_be_read_waits_alone(source: Source, connector: Connector) -> None:
    problem = CaptureError(detail="no such column")
    unread = reading(None, problem=problem)
    party = ReadAttempt(Touched.of("client", "1"), NOON, failure=problem)
    work = Work(readings=[unread], parties=[party], people=[PartyRead("2", True, "Ana")])
    assert work.has_failures
    assert Work(readings=[unread]).has_failures
    read = ReadAttempt(Touched.of("client", "1"), NOON)
    assert Work(readings=[unread, reading(order())]).has_failures
    assert Work(parties=[party, read]).has_failures
    assert not Work(readings=[reading(order())], parties=[read]).has_failures
    assert write_down(source, connector, work, now=NOON) == 0
    rows = PendingDocument.objects.values_list("document_type", "attempts")
    assert set(rows) == {("order", 1), ("client", 1)}
    assert not DocumentState.objects.exists()
    again = [row.pk for row in PendingDocument.objects.all()]
    write_down(source, connector, Work(looked_at_again=again), now=NOON)
    assert not PendingDocument.objects.exists()


def test_people_and_tables_that_led_nowhere_are_written_down_too(
    source: Source, connector: Connector
) -> None:
    led = Led()
    led.nowhere["otra"] = 3
    work = Work(people=[PartyRead("1", exists=True, name="Ñandutí", tax_id="1-9")], led=led)
    write_down(source, connector, work, now=NOON)
    assert source.unmatched.get().changes == 3
    assert Contact.objects.get().name == "Ñandutí"


EARLIER, LATER = NOON - HOUR, NOON + HOUR
DRAFT, CONFIRMED = {"estado": "borrador"}, {"estado": "confirmado"}


@pytest.mark.parametrize(
    ("number", "values", "ends"),
    [
        ("P-7", {"deleted_at": EARLIER, "was_deleted": True}, False),  # older than what we know
        ("P-7", {"deleted_at": NOON, "was_deleted": True}, False),
        ("", {"deleted_at": EARLIER, "was_deleted": True}, False),  # may be it
        ("P-6", {"deleted_at": EARLIER, "was_deleted": True}, True),
        ("P-7", {"deleted_at": LATER, "was_deleted": True}, True),
        ("P-7", {"deleted_at": LATER}, False),  # saved by deleting and inserting
        ("P-7", {"deleted_at": LATER, "born": CONFIRMED}, False),
        ("P-7", {"deleted_at": LATER, "born": DRAFT}, True),  # a new one begins as a draft
        ("P-6", {"begun_at": EARLIER}, False),
        ("P-6", {"begun_at": NOON}, False),
        ("P-6", {"begun_at": LATER}, True),
        ("P-7", {"begun_at": LATER}, False),  # REPLACE of SQLite
        ("P-6", {}, False),
    ],
)
def test_c9_a_document_that_was_deleted_is_not_what_its_key_stands_for(
    source: Source, connector: Connector, number: str, values: dict[str, Any], ends: bool
) -> None:
    known(source, "order", "7", number)
    happened = told(source, connector, reading(order(), **values), LATER)
    assert (life(), happened) == ((1, 1) if ends else (0, 0))


def test_c9_another_key_another_kind_and_another_source_live_on(
    source: Source, connector: Connector
) -> None:
    other = Source.objects.create(slug="otra", name="Otra", dialect="sqlite", created_at=NOON)
    places = [(source, "order", "8"), (source, "notice", "7"), (other, "order", "7")]
    for of, process, key in places:
        known(of, process, key, "P")
    told(source, connector, reading(order(), deleted_at=LATER, was_deleted=True), LATER)
    assert set(DocumentState.objects.filter(number="P").values_list("life", "is_true")) == {
        (0, True)
    }
    write_down(source, connector, Work(emptied=["notice"]), now=LATER)
    rows = DocumentState.objects.filter(number="P").order_by("pk").values_list("life", "is_true")
    assert list(rows) == [(0, True), (1, False), (0, True)]


def test_c9_a_table_that_was_emptied_does_not_keep_others_from_ending(
    source: Source, connector: Connector
) -> None:
    for process in ("order", "notice"):
        known(source, process, "7", "P")
    gone = DocumentRead(Touched.of("notice", "7"), None, {}, "ana", LATER, "c9", was_deleted=True)
    gone.deleted_at = LATER
    write_down(source, connector, Work(readings=[gone], emptied=["order"]), now=LATER)
    assert set(DocumentState.objects.values_list("life", "is_true")) == {(1, False)}


def test_c9_a_draft_saved_by_deleting_and_inserting_lives_on(
    source: Source, connector: Connector
) -> None:
    known(source, "order", "7", "P-7")
    told(source, connector, reading(order(state="borrador"), deleted_at=LATER), LATER)
    assert life() == 0


def test_c9_documents_without_a_number_are_not_the_same_for_that(
    source: Source, connector: Connector
) -> None:
    known(source, "order", "7", "")
    told(source, connector, reading(order(number=""), begun_at=LATER), LATER)
    assert life() == 1


def test_c9_what_followed_is_not_told_again_of_a_row_put_back(
    source: Source, connector: Connector
) -> None:
    Source.objects.update(dialect="postgresql")
    source.refresh_from_db()
    received = {**order(), "received": "1"}
    assert told(source, connector, reading(received)) == 2
    assert told(source, connector, reading(received, begun_at=LATER, cause="c2"), LATER) == 0
    lives = DocumentState.objects.filter(process__in=("order", "order_received"))
    assert set(lives.values_list("life", flat=True)) == {0}


def test_c9_a_row_put_back_as_it_was_told_is_the_same_document(
    source: Source, connector: Connector
) -> None:
    Source.objects.update(dialect="postgresql")
    source.refresh_from_db()
    told(source, connector, reading(order()))
    says_more = {**order(), "declared": {"kinds": {"totals.total": "money"}, "words": {}}}
    put_back = reading(says_more, begun_at=LATER, cause="c2")  # read by a newer version
    assert told(source, connector, put_back, LATER) == 0
    assert life() == 0
    changed = reading(order(total="6"), begun_at=LATER + HOUR, cause="c3")
    assert told(source, connector, changed, LATER + HOUR) == 1
    assert life() == 1


def test_what_is_over_already_does_not_end_again_by_an_insert(
    source: Source, connector: Connector
) -> None:
    known(source, "order", "7", "P", is_true=False)
    draft = reading(order(state="borrador"), begun_at=LATER)
    told(source, connector, draft, LATER)
    assert life() == 0


def test_a_change_is_kept_with_before_after_and_who(source: Source) -> None:
    kept = note(source, change(), Origin(P7, "pedido", "ana", "7"), now=LATER)
    assert (kept.uid, kept.at, kept.recorded_at) == ("u1", NOON, LATER)
    assert (kept.table, kept.operation, kept.key) == ("pedido", "U", {"id": 7})
    assert (kept.old, kept.new) == (change().old, change().new)
    assert (kept.actor, kept.claim, kept.origin) == ("ana", "", "caja · ventas")
    assert (kept.record_key, kept.columns) == ("7", ",estado,nota,")
    assert (kept.transaction, kept.is_ours) == ("t1", False)
    assert (kept.document_type, kept.document_key) == ("order", "7")


def test_a_change_that_says_little_is_kept_all_the_same(source: Source) -> None:
    bare = change(op="D", key=None, new=None, db_user=None, application=None)
    kept = note(source, bare, ORIGIN, now=NOON)
    assert (kept.key, kept.new, kept.columns, kept.origin) == ({}, None, "", "")
    assert (kept.document_type, kept.document_key) == ("", "")
    assert note(source, change(new=None), ORIGIN, now=NOON).columns == ",,"
    assert note(source, change(op="I"), ORIGIN, now=NOON).columns == ""
    assert note(source, change(table=HEARTBEAT), ORIGIN, now=NOON).is_ours


@pytest.mark.parametrize(
    ("claim", "actor", "origin"),
    [
        (None, "ana", "caja · ventas"),
        ("ana", "ana", "caja · ventas"),  # the row says so itself
        ("beto", "ana", "caja · ventas · emk.actor: beto"),
        ("beto", None, "caja · ventas · emk.actor: beto"),
    ],
)
def test_c22_what_only_the_session_says_is_told_as_such(
    source: Source, claim: str | None, actor: str | None, origin: str
) -> None:
    kept = note(source, change(claim=claim, actor=actor), ORIGIN, now=NOON)
    assert (kept.origin, kept.claim) == (origin, claim or "")


def test_what_is_too_long_for_its_place_is_cut(source: Source) -> None:
    long = "x" * 2000
    huge = change(long, transaction=long, claim=long, application=long, new={long: 1})
    kept = note(source, huge, Origin(None, long, long, "7"), now=NOON)
    assert (len(kept.uid), len(kept.table), len(kept.actor)) == (64, 200, 150)
    assert (len(kept.origin), len(kept.claim)) == (150, 150)
    assert (len(kept.columns), len(kept.transaction)) == (1000, 40)


def test_before_is_what_it_was_before_the_first_change_of_this_life() -> None:
    first = change(old={"estado": "borrador"})
    second = change(old={"estado": "enviado", "total": 5})
    assert merged([first, second]) == {"estado": "borrador", "total": 5}
    assert merged([change(op="I", old=None), change(old=None)]) == {}
    assert merged([first, change(op="D", old={"nota": "x"})]) == {}
    assert merged([change(op="D", old={"nota": "x"}), second]) == second.old
    assert merged([change(op="I", old={"nota": "x"})]) == {}
