"""C22: a change bears no name that its own row, the program's log or its transaction do not say."""

# ruff: noqa: S608 - the tests write their own SQL

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emailketing.events.models import Event
from emailketing.sources.capture.base import is_named_by_database
from emailketing.sources.models import CapturedChange
from tests.sources.audit.conftest import Audited
from tests.sources.capture.business import Business

pytestmark = pytest.mark.django_db

NAMES = {"ana": "Ana Ríos", "beto": "Alberto Núñez", "": ""}
SAVES = ("header", "line", "remove line", "remove order", "remove product", "price", "vehicle")
STEPS = st.lists(
    st.tuples(st.sampled_from(["ana", "beto", ""]), st.sampled_from(SAVES), st.booleans()),
    min_size=2,
    max_size=8,
)
NUMBERS = count(1)


@dataclass
class Writer:
    """One person at the program, with a connection of its own, and records nobody else touches."""

    business: Business
    code: str
    key: int = 0
    said: dict[tuple[str, str, str], str] = field(default_factory=dict)  # what the rows and log say

    def begin(self) -> None:
        self.key = key = next(NUMBERS)
        who = f"'{self.code}'" if self.code else "NULL"
        for sql in (
            f"INSERT INTO pedido VALUES ({key}, 'P-{key}', 'x', 1, '2026-11-24', 1, '', {who}, '')",
            f"INSERT INTO renglon VALUES ({key}0, {key}, 'Yerba', 2, 20000)",
            f"INSERT INTO renglon VALUES ({key}1, {key}, 'Café', 1, 40000)",
            f"INSERT INTO producto VALUES ({key}, '{key}', 'G', 1, 1, NULL, 1, '', '', '', {who})",
            f"INSERT INTO vehiculo VALUES ({key}, 1, 'ABC {key}', 2020)",
        ):
            self.business.execute(sql)

    def save(self, what: str, *, is_logged: bool, number: int) -> None:
        key, who = self.key, f"'{self.code}'" if self.code else "NULL"
        sql = {
            "header": f"UPDATE pedido SET nota = '{number}', usuario = {who} WHERE id = {key}",
            "line": f"UPDATE renglon SET precio = {number} WHERE id = {key}0",
            "remove line": f"DELETE FROM renglon WHERE id = {key}1",
            "remove order": f"DELETE FROM pedido WHERE id = {key}",
            "remove product": f"DELETE FROM producto WHERE id = {key}",
            "price": f"UPDATE producto SET precio = {number + 1}, usuario = {who} WHERE id = {key}",
            "vehicle": f"UPDATE vehiculo SET anio = {number} WHERE id = {key}",
        }[what]
        self.business.execute(sql)
        table = sql.split()[2 if sql.startswith("DELETE") else 1]
        if what in {"header", "price"}:
            self.said[table, str(key), "U"] = NAMES[self.code]
        elif what.startswith("remove") and is_logged and self.code and what != "remove line":
            self.business.execute(f"INSERT INTO borrado VALUES ('{table}', '{key}', '{self.code}')")
            self.said[table, str(key), "D"] = NAMES[self.code]


@pytest.fixture
def connections(audited: Audited) -> Iterator[list[Business]]:
    """Two programs beside each other."""
    with _open(audited) as one, _open(audited) as other:
        yield [one, other]


def _open(audited: Audited) -> "closing[sqlite3.Connection] | psycopg.Connection[tuple[object]]":
    place = audited.shop.place
    if audited.shop.is_sqlite:
        return closing(sqlite3.connect(place["database"], isolation_level=None))
    return psycopg.connect(
        host=place["host"],
        port=place["port"],
        dbname=place["database"],
        user=place["username"],
        autocommit=True,
    )


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_two_writers_interleaved_and_no_name_that_was_not_said(
    audited: Audited, connections: list[Business], steps: list[tuple[str, str, bool]]
) -> None:
    writers = {
        code: Writer(connections[place % 2], code) for place, code in enumerate(["ana", "beto", ""])
    }
    for writer in writers.values():
        writer.begin()
    audited.told()
    last = CapturedChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for number, (code, what, is_logged) in enumerate(steps):
        writers[code].save(what, is_logged=is_logged, number=number + 100)
    seen = Event.objects.count()
    audited.told()
    said = {place: name for writer in writers.values() for place, name in writer.said.items()}
    changes = CapturedChange.objects.filter(pk__gt=last)
    for change in changes:
        assert change.actor in {"", said.get((change.table, change.record_key, change.operation))}
        is_kept = said.get((change.table, change.record_key, change.operation))
        assert change.actor or not is_kept, "what was said is not forgotten either"
    _events_say_what_their_changes_say(list(Event.objects.order_by("pk")[seen:]))


def _events_say_what_their_changes_say(events: list[Event]) -> None:
    for event in events:
        told = CapturedChange.objects.filter(audit_key=event.document_key)
        names = {change.actor for change in told}
        document = event.data["document"]
        assert document["actor"] == event.actor
        assert event.actor in names | {""}
        own = told.filter(table=document["table"])
        if event.actor and own and not document["is_mass"]:
            assert own.order_by("-pk")[0].actor == event.actor
        for row in [*document["children"], *document["rows"]]:
            assert row["actor"] in names | {""}


def test_the_neighbour_in_time_is_not_accused_of_a_deletion(audited: Audited) -> None:
    """Beto deletes, Ana saves beside him: the mail does not say that Ana deleted anything."""
    audited.shop.order(1, number="P-1", state="borrador")
    audited.shop.order(2, number="P-2", state="borrador")
    audited.told()
    audited.run(
        "UPDATE pedido SET nota = 'x', usuario = 'ana' WHERE id = 1",
        "DELETE FROM pedido WHERE id = 2",
        "DELETE FROM renglon WHERE id = 10",
    )
    events = {(e.kind, e.document_label): e for e in audited.told()}
    assert events["record_deleted", "Pedido P-2"].actor == ""
    changed = [e for (kind, label), e in events.items() if label == "Pedido P-1"]
    lines = [child for e in changed for child in e.data["document"]["children"]]
    assert [line["actor"] for line in lines] == [""]
    assert CapturedChange.objects.get(table="renglon", operation="D", record_key="10").actor == ""


def test_what_nobody_signed_is_told_with_its_own_document(audited: Audited) -> None:
    """Two people at the same moment: the lines of a deleted order are no mail of their own."""
    audited.shop.order(1, number="P-1", state="borrador")
    audited.shop.order(2, number="P-2", state="borrador")
    audited.told()
    audited.run(
        "UPDATE pedido SET nota = 'x', usuario = 'ana' WHERE id = 1",
        "DELETE FROM renglon WHERE id IN (20, 21)",
        "DELETE FROM pedido WHERE id = 2",
        "INSERT INTO borrado VALUES ('pedido', '2', 'beto')",
    )
    told = {(e.kind, e.document_label): e for e in audited.told()}
    assert set(told) == {("record_changed", "Pedido P-1"), ("record_deleted", "Pedido P-2")}
    deleted = told["record_deleted", "Pedido P-2"]
    assert deleted.actor == "Alberto Núñez"
    assert {child["actor"] for child in deleted.data["document"]["children"]} == {""}


def test_what_one_transaction_of_postgresql_did_one_person_did(audited: Audited) -> None:
    audited.shop.order(1, number="P-1", state="borrador")
    audited.told()
    audited.run(
        "BEGIN",
        "UPDATE pedido SET nota = 'x', usuario = 'ana' WHERE id = 1",
        "DELETE FROM renglon WHERE id = 10",
        "COMMIT",
    )
    audited.told()
    change = CapturedChange.objects.get(table="renglon", operation="D")
    assert is_named_by_database(change.transaction) is not audited.shop.is_sqlite
    assert change.actor == ("" if audited.shop.is_sqlite else "Ana Ríos")
