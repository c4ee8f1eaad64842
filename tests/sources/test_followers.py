"""An order that was told and then changed, or was annulled: told again, and only then (C16)."""

from typing import Any

import pytest

from emailketing.events.models import Event
from emailketing.sources.connectors import ConnectorError, load
from emailketing.sources.connectors.model import Compared
from emailketing.sources.judging.compare import differences
from tests.sources.shop import Shop

FOLLOWERS = """
[[documents.order.fields]]
path = "lines.description"
label = "Artículo"
[[documents.order.fields]]
path = "lines.unit_price"
label = "Precio de un renglón"
type = "money"
[[documents.order.fields]]
path = "notes"
label = "Nota"

[processes.order_changed]
label = "Pedido modificado"
document = "order"
follows = "order"
changed = [
  { path = "lines.description", label = "Artículo" },
  { path = "lines.quantity", label = "Cantidad" },
  { path = "lines.unit_price", label = "Precio" },
  { path = "notes", label = "Nota" },
]

[processes.order_annulled]
label = "Pedido anulado"
document = "order"
follows = "order"
becomes = { field = "state", op = "eq", value = "anulado" }
sendable = { field = "number", op = "filled" }
"""


@pytest.fixture
def attached(shop: Shop) -> Shop:
    shop.connector("[processes.order]\n", f"{FOLLOWERS}\n[processes.order]\n")
    shop.attach()
    return shop


def news(shop: Shop) -> list[tuple[str, list[tuple[str, str, str, str]]]]:
    def rows(event: Event) -> list[tuple[str, str, str, str]]:
        return [
            (row["item"], row["label"]["es"], *(_plain(row[name]) for name in ("was", "now")))
            for row in event.data["document"].get("changes", [])
        ]

    return [(event.kind, rows(event)) for event in shop.pull()]


def _plain(value: str) -> str:
    return value.rstrip("0").rstrip(".") if "." in value else value


@pytest.mark.django_db
def test_each_change_of_a_told_order_is_told_once_with_was_and_is(attached: Shop) -> None:
    attached.order(1, number="P-1")
    assert news(attached) == [("order", [])]
    first = attached.events()[0]
    attached.run("UPDATE renglon SET cantidad = 3 WHERE id = 10", "UPDATE pedido SET nota = 'hoy'")
    changed = ("order_changed", [("Yerba", "Cantidad", "2.5", "3"), ("", "Nota", "", "hoy")])
    assert news(attached)[1:] == [changed]
    event = attached.events()[1]
    assert event.data["document"]["sent_at"] == first.occurred_at.isoformat()
    assert "edition" not in first.data["document"]
    assert event.data["document"]["edition"] == "2"
    # again, compared with what was told last
    attached.run("UPDATE renglon SET precio = 21000 WHERE id = 10")
    assert news(attached)[2:] == [("order_changed", [("Yerba", "Precio", "20000", "21000")])]
    assert attached.events()[2].data["document"]["sent_at"] == event.occurred_at.isoformat()
    assert attached.events()[2].data["document"]["edition"] == "3"


@pytest.mark.django_db
def test_a_save_that_changes_nothing_that_is_compared_is_not_told(attached: Shop) -> None:
    attached.order(1, number="P-1")
    attached.pull()
    attached.run(
        "BEGIN",
        "DELETE FROM renglon WHERE pedido = 1",
        "INSERT INTO renglon VALUES (20, 1, 'Yerba', 2.500, 20000.00)",
        "INSERT INTO renglon VALUES (21, 1, 'Café', 1.0, 40000)",
        "UPDATE pedido SET total = 90001, visto = 'x', numero = 'P-1'",
        "COMMIT",
    )
    assert len(attached.pull()) == 1


@pytest.mark.django_db
def test_rows_that_came_and_went(attached: Shop) -> None:
    attached.order(1, number="P-1")
    attached.pull()
    attached.run(
        "BEGIN",
        "DELETE FROM renglon WHERE id = 11",
        "INSERT INTO renglon VALUES (12, 1, 'Azúcar', 4, 7000)",
        "COMMIT",
    )
    kind, rows = news(attached)[1]
    assert (kind, rows) == (
        "order_changed",
        [("Azúcar", "Cantidad", "", "4"), ("Café", "Cantidad", "1", "")],  # each told once
    )
    operations = [row["op"] for row in attached.events()[1].data["document"]["changes"]]
    assert operations == ["added", "removed"]


@pytest.mark.django_db
def test_only_what_was_told_is_told_to_be_changed_or_annulled(attached: Shop) -> None:
    attached.order(1, state="borrador", number="P-1")
    attached.run(
        "UPDATE renglon SET cantidad = 3 WHERE id = 10",
        "UPDATE pedido SET estado = 'anulado' WHERE id = 1",
    )
    assert attached.pull() == []
    attached.order(2, number="P-2")
    attached.pull()
    attached.run("UPDATE pedido SET estado = 'anulado' WHERE id = 2")
    assert news(attached) == [("order", []), ("order_annulled", [])]
    annulled = attached.events()[1].data["document"]
    assert annulled["sent_at"] == attached.events()[0].occurred_at.isoformat()
    assert annulled["edition"] == "1"  # its contents are the ones that were told
    # annulled: nothing more to say of it
    attached.run("UPDATE renglon SET cantidad = 7 WHERE pedido = 2")
    assert len(attached.pull()) == 2


@pytest.mark.django_db
def test_the_past_was_not_told_by_us(shop: Shop) -> None:
    shop.connector("[processes.order]\n", f"{FOLLOWERS}\n[processes.order]\n")
    shop.order(1, number="P-1")
    shop.attach()
    shop.run("UPDATE renglon SET cantidad = 3 WHERE id = 10", "UPDATE pedido SET estado='anulado'")
    assert shop.pull() == []


@pytest.mark.django_db
def test_another_order_with_the_same_key_was_not_told(attached: Shop) -> None:
    """SQLite gives the key of a deleted row to the next one."""
    attached.order(1, number="P-1")
    attached.pull()
    attached.run("DELETE FROM renglon", "DELETE FROM pedido WHERE id = 1")
    attached.pull()
    attached.order(1, state="borrador", number="P-9")
    attached.run("UPDATE pedido SET estado = 'anulado' WHERE id = 1")
    assert [event.kind for event in attached.pull()] == ["order"]
    attached.order(2, number="P-10")
    attached.run("DELETE FROM renglon WHERE pedido = 1", "DELETE FROM pedido WHERE id = 1")
    attached.pull()
    attached.order(1, number="P-11")
    assert [event.document_label for event in attached.pull()][1:] == ["Pedido P-10", "Pedido P-11"]
    attached.run("UPDATE renglon SET cantidad = 5 WHERE pedido = 1")
    assert [kind for kind, _rows in news(attached)][3:] == ["order_changed"]


QUANTITY = Compared("lines.quantity", {"es": "Cantidad"}, "lines")
CODE = Compared("lines.code", {"es": "Código"}, "lines")
NOTES = Compared("notes", {"es": "Nota"})
TYPES = {"lines.quantity": "quantity"}


def compared(was: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    found = differences([CODE, QUANTITY], {"lines": was}, {"lines": now}, TYPES)
    return [(row["item"], row["was"], row["now"]) for row in found]


def line(code: str, quantity: str, **more: str) -> dict[str, str]:
    return {"code": code, "quantity": quantity, **more}


def test_an_amount_told_in_another_currency_says_which() -> None:
    total, notes = Compared("totals.total", {"es": "Total"}), NOTES
    types = {"totals.total": "money"}
    was: dict[str, Any] = {"currency": "USD", "notes": "", "totals": {"total": "100"}}
    now: dict[str, Any] = {"currency": "PYG", "notes": "x", "totals": {"total": "730000"}}
    amount, note = differences([total, notes], was, now, types)
    assert (amount["was"], amount["now"], amount["currency_was"]) == ("100", "730000", "USD")
    assert "currency_was" not in note
    (same,) = differences([total], was, {**now, "currency": "USD"}, types)
    assert "currency_was" not in same


def test_the_second_of_two_alike_is_found_by_its_turn() -> None:
    was = [line("A", "1"), line("A", "2")]
    assert compared(was, [line("A", "1"), line("A", "3")]) == [("A", "2", "3")]
    assert compared(was, [line("A", "1")]) == [("A", "2", "")]
    assert compared(was, [line("A", "1.000"), line("A", "2.0")]) == []


def test_rows_may_change_places_and_values_may_be_missing() -> None:
    assert compared([line("A", "1"), line("B", "2")], [line("B", "2"), line("A", "1")]) == []
    assert compared([line("A", "")], [line("A", "4", description="Aceite")]) == [
        ("Aceite", "", "4")
    ]
    assert compared([], [{"code": "C"}]) == [("C", "", "")]  # it came, though nothing is known
    assert differences([NOTES], {}, {"notes": " "}, {}) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('follows = "order"\nchanged', 'follows = "nada"\nchanged', "order_changed.*nada"),
        ('follows = "order"\nchanged', 'follows = "notice"\nchanged', "order_changed.*notice"),
        ('follows = "order"\nchanged', "changed", "order_changed.*follows"),
        ('path = "notes", label = "Nota"', 'path = "nada", label = "x"', "order_changed.*nada"),
        ('path = "notes", label = "Nota"', 'path = "notes"', "changed 4.*label"),
    ],
)
def test_a_follower_written_wrongly_is_one_sentence(
    sqlite_store: Shop, old: str, new: str, said: str
) -> None:
    sqlite_store.connector("[processes.order]\n", f"{FOLLOWERS}\n[processes.order]\n")
    sqlite_store.connector(old, new)
    with pytest.raises(ConnectorError, match=said):
        load(str(sqlite_store.folder))
