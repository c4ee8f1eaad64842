"""The ready-made rules: all there after one step, switched off, and never twice."""

import shutil
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django import Settings

from emailketing.accounts.models import AuditEntry
from emailketing.channels.models import Sender
from emailketing.common.conditions import paths
from emailketing.contacts.models import Role
from emailketing.content.models import Template
from emailketing.sources.connectors import available, load
from emailketing.sources.connectors.shelf import SHIPPED
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.pack import left_out, make_pack
from emailketing.triggers.notifications.rules.save import RuleInvalid, switch
from tests.triggers.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(db: None) -> Source:
    Sender.objects.create(name="Avisos", from_address="a@shop.example", host="smtp.shop.example")
    return Source.objects.create(
        slug="shop",
        name="Shop",
        connector="estacion",
        dialect="sqlite",
        database="/none",
        created_at=NOW,
    )


def test_all_rules_of_the_connector_are_made_and_off(source: Source) -> None:
    rules = make_pack(source, by="ana", now=NOW)
    assert {rule.ready_made for rule in rules} == set(load("estacion").rules)
    assert not any(rule.is_active for rule in rules)
    order = next(rule for rule in rules if rule.ready_made == "purchase_order")
    assert (order.name, order.process) == ("Orden de compra al proveedor", "purchase_order")
    assert order.template is not None
    assert order.template.slug == "purchase-order"
    assert set(order.template.revisions.values_list("language", flat=True)) == {"es", "en", "pt"}
    assert order.fallback == {"kind": "role", "role": Role.objects.get(name="Compras").pk}
    assert switch(order, on=True, by="t", now=NOW).is_active


def test_the_duties_it_makes_are_noted_once_each(source: Source) -> None:
    for _time in range(2):
        make_pack(source, by="ana", now=NOW)
    noted = AuditEntry.objects.filter(object_type="contacts.role", username="ana", action="created")
    names = list(noted.values_list("object_label", flat=True))
    assert sorted(names) == sorted(Role.objects.values_list("name", flat=True))


def test_a_duty_that_nobody_can_be_called_is_said_and_nothing_is_made(
    source: Source, settings: Settings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    source.connector = "copied"
    source.save()
    folder = tmp_path / "connectors" / source.connector
    shutil.copytree(SHIPPED / "estacion", folder)
    orders = folder / "orders.toml"
    orders.write_text(orders.read_text().replace('name = "Compras"', 'name = "Com\\npras"'))
    with translation.override("en"), pytest.raises(RuleInvalid, match="Only one line"):
        make_pack(source, by="ana", now=NOW)
    assert not Rule.objects.exists()


def test_a_second_time_makes_nothing_and_keeps_what_was_changed(source: Source) -> None:
    first = make_pack(source, by="ana", now=NOW)
    first[0].name = "Órdenes"
    first[0].save()
    switch(first[0], on=True, by="t", now=NOW)
    again = make_pack(source, by="ana", now=NOW)
    assert [rule.pk for rule in again] == [rule.pk for rule in first]
    assert (again[0].name, again[0].is_active) == ("Órdenes", True)
    assert Rule.objects.count() == len(first)


def test_a_rule_made_by_hand_under_the_same_name_is_that_rule(source: Source) -> None:
    rules = make_pack(source, by="ana", now=NOW)
    Rule.objects.filter(pk=rules[1].pk).update(ready_made="")
    assert [rule.pk for rule in make_pack(source, by="ana", now=NOW)] == [r.pk for r in rules]


def test_a_rule_whose_text_is_gone_is_named_and_the_others_are_made(source: Source) -> None:
    made = make_pack(source, by="ana", now=NOW)
    Rule.objects.all().delete()
    Template.objects.filter(slug="quotation").update(slug="quotation-old")
    # the starter comes back by itself: nothing is left out
    assert len(make_pack(source, by="ana", now=NOW)) == len(made)


@pytest.mark.parametrize("name", [connector.name for connector in available()])
def test_every_shipped_pack_can_be_made(name: str, source: Source) -> None:
    source.connector = name
    source.save()
    made = {rule.ready_made for rule in make_pack(source, by="ana", now=NOW)}
    assert made == set(load(name).rules)
    assert left_out(source) == []
    waited_for = {ready.process for ready in load(name).rules.values()}
    assert {"record_changed", "record_deleted"} <= waited_for
    # what a column is called depends on the company's language
    asked = {path for ready in load(name).rules.values() for path in paths(ready.condition)}
    assert not [path for path in asked if path.endswith("label")]
