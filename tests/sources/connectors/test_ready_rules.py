"""The rules a connector proposes are read as strictly as the rest: file, place, what is wrong."""

from pathlib import Path

import pytest
from django.utils import translation

from emailketing.outbox.models import MailClass
from emailketing.sources.connectors import ConnectorError, load, ready_rules
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Rule
from tests.sources.connectors.test_connectors_load import TOML

RULE = """
[[documents.order.fields]]
path = "date"
label = "Fecha"
type = "date"

[rules.to_client]
label = { es = "Pedido al cliente", en = "Order to the client", pt = "Pedido ao cliente" }
process = "order"
template = "order"
sms = "order-sms"
delivery = "both"
class = "document"
recipients = [
  { kind = "party", usage = "orders" },
  { kind = "role", name = "Gerencia", copy = true },
]
fallback = { kind = "role", name = "Gerencia" }
condition = { field = "totals.total", op = "crosses_above", value = 100, currency = "PYG" }
remind_days = [7, 14]
remind_from = "date"
urgent = true
daily_cap = 3
"""


def make(folder: Path, rule: str) -> Path:
    folder.mkdir()
    (folder / "connector.toml").write_text(TOML + rule)
    for name in ("order", "lines", "client"):
        (folder / f"{name}.sql").write_text("SELECT 1 AS number")
    return folder


def test_a_proposed_rule_is_read(tmp_path: Path) -> None:
    rule = load(str(make(tmp_path / "tienda", RULE))).rules["to_client"]
    assert (rule.label["en"], rule.process, rule.template, rule.texts["sms"]) == (
        "Order to the client",
        "order",
        "order",
        "order-sms",
    )
    assert rule.recipients[1]["name"] == "Gerencia"
    assert rule.settings["delivery"] == "both"
    assert (rule.settings["remind_days"], rule.settings["daily_cap"]) == ([7, 14], 3)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('process = "order"', 'process = "oder"', "oder"),
        # only an [audit] brings it along
        ('process = "order"', 'process = "record_changed"', "record_changed"),
        ('delivery = "both"', 'delivery = "pigeon"', "pigeon"),
        ('class = "document"', 'class = "letter"', "letter"),
        ('kind = "role", name = "Gerencia", copy', 'kind = "role", copy', "name"),
        ('kind = "party", usage = "orders"', 'kind = "party", usage = "order"', "usages.order"),
        ('kind = "party"', 'kind = "friend"', "party, role, address, field"),
        ('field = "totals.total"', 'field = "totals.totl"', "totals.totl"),
        ('op = "crosses_above"', 'op = "crosses"', "crosses"),
        # an amount of no currency would be compared with any
        (', currency = "PYG"', "", "totals.total"),
        ('remind_from = "date"', 'remind_from = "number"', "number"),
        ("remind_days = [7, 14]", 'remind_days = ["week"]', "remind_days"),
        ("urgent = true", "urgently = true", "urgently"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in RULE
    with pytest.raises(ConnectorError) as raised:
        load(str(make(tmp_path / "tienda", RULE.replace(old, new, 1))))
    assert "tienda/connector.toml [rules.to_client" in str(raised.value)
    assert said in str(raised.value)


def test_the_words_are_those_of_a_rule() -> None:
    assert tuple(Rule.Delivery.values) == ready_rules.DELIVERIES
    assert tuple(MailClass.values) == ready_rules.CLASSES
    assert tuple(Rule.Repeat.values) == ready_rules.REPEATS
    assert tuple(Rule.Digest.values) == ready_rules.DIGESTS


def test_a_field_without_a_word_in_the_language_has_that_of_another(tmp_path: Path) -> None:
    texts = ('{ es = "Número", en = "Number", pt = "Número" }', '{ es = "Número" }')
    folder = make(tmp_path / "tienda", "")
    file = folder / "connector.toml"
    assert texts[0] in file.read_text()
    file.write_text(file.read_text().replace(*texts))
    rule = Rule(source=Source(connector=str(folder)), process="order")
    with translation.override("en"):
        assert rule.document_fields()["number"].label == "Número"
