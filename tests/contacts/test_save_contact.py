"""Whom we write to is saved by one function: all of it or nothing, and noted with who did it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation

from emailketing.accounts.models import AuditEntry, User
from emailketing.accounts.who import Who
from emailketing.contacts.check import ContactInvalid
from emailketing.contacts.duties import delete_role, save_role
from emailketing.contacts.models import Address, Contact, Role, Suppression
from emailketing.contacts.save import Besides, delete_contact, save_contact

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
ANA = Who("ana", came_from="10.0.0.7")


def nobody() -> Who:
    """Somebody of whom no note can be kept: the account was never saved."""
    return Who("ana", User())


def rosa() -> Contact:
    rows = [Address(kind="", value="Rosa Ruiz <rosa@x.test>"), Address(kind="", value="021 444555")]
    return save_contact(Contact(name="Rosa"), Besides(rows, ["Compras"]), by=ANA, now=NOW)


def everything() -> list[object]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Contact, Address, Role, Role.contacts.through, Suppression)
    ]


def test_all_of_it_is_kept_as_it_is_understood_and_noted_once() -> None:
    contact = rosa()
    assert [(a.kind, a.value, a.person) for a in contact.addresses.all()] == [
        ("email", "rosa@x.test", "Rosa Ruiz"),
        ("phone", "+59521444555", ""),
    ]
    duty, noted = AuditEntry.objects.order_by("pk")
    for one in (duty, noted):
        assert (one.action, one.username, one.came_from) == ("created", "ana", "10.0.0.7")
    assert duty.object_label == "Compras", "the duty that there was not yet"
    assert noted.changes["duties"] == [[], ["Compras"]]
    save_contact(contact, Besides(wants={"report": False}), by=ANA, now=NOW)
    assert "report" not in AuditEntry.objects.latest("pk").changes["wants"][1]
    save_contact(contact, Besides(list(contact.addresses.all())), by=ANA, now=NOW)
    assert AuditEntry.objects.count() == 3, "nothing changed, nothing is noted"


def test_what_cannot_be_noted_is_not_done() -> None:
    contact = rosa()
    before = everything()
    contact.name = "Rosa María"
    besides = Besides([Address(kind="", value="x@x.test")], ["Ventas"], {"report": False})
    for act in (
        lambda: save_contact(contact, besides, by=nobody(), now=NOW),
        lambda: save_contact(Contact(name="Otra"), besides, by=nobody(), now=NOW),
        lambda: save_role(Role(name="Gerencia"), [contact], by=nobody(), now=NOW),
        lambda: delete_role(Role.objects.get(), by=nobody(), now=NOW),
        lambda: delete_contact(Contact.objects.get(), by=nobody(), now=NOW),
    ):
        with pytest.raises(ValueError, match="unsaved"):
            act()
        assert everything() == before


def test_all_that_is_wrong_is_said_and_nothing_is_kept() -> None:
    rows = [Address(kind="", value="0981"), Address(kind="", value="a@b@c"), Address(value="")]
    contact = Contact(name="", language="xx", time_zone="Mars", channel_order={"news": ["fax"]})
    besides = Besides([*rows, Address(value="bien@x.test", position=-1)], [""], {"letters": True})
    with translation.override("en"), pytest.raises(ContactInvalid) as raised:
        save_contact(contact, besides, by=ANA, now=NOW)
    assert set(raised.value.problems) == {
        *("name", "language", "time_zone", "channel_order.news", "channel_order.fax"),
        *("addresses.0", "addresses.1", "addresses.2", "addresses.3"),
        *("duties.0", "wants.letters"),
    }
    assert everything() == [[], [], [], [], []]
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("order", [["email"], {"any": "email"}, {"any": [{"email": 1}]}])
def test_an_order_of_channels_that_nobody_can_read_is_said(order: Any) -> None:
    """A file may have anything there, also what is no key of anything."""
    with pytest.raises(ContactInvalid) as raised:
        save_contact(Contact(name="Rosa", channel_order=order), by=ANA, now=NOW)
    assert set(raised.value.problems) == {"channel_order"}


def test_what_a_source_says_is_changed_there_and_what_is_ours_here() -> None:
    contact = Contact.objects.create(name="Lubricantes", source="estacion", key="P1")
    Address.objects.create(contact=contact, value="ventas@lub.test")
    contact.is_active = False
    with pytest.raises(ContactInvalid, match="estacion") as raised:
        save_contact(contact, Besides([]), by=ANA, now=NOW)
    assert set(raised.value.problems) == {"is_active", "addresses"}
    with pytest.raises(ContactInvalid, match="estacion"):
        delete_contact(contact, by=ANA, now=NOW)
    contact.refresh_from_db()
    contact.time_zone = "America/Lima"
    here = list(contact.addresses.all())
    save_contact(contact, Besides(here, ["Compras"]), by=ANA, now=NOW)
    assert AuditEntry.objects.latest("pk").changes.keys() == {"time_zone", "duties"}


def test_what_nobody_understands_but_stays_as_it_was_keeps_nothing_from_being_saved() -> None:
    contact = rosa()
    Address.objects.create(contact=contact, kind="phone", value="0981 / 12", problem="dos")
    rows = list(contact.addresses.all())
    save_contact(contact, Besides(rows, ["Ventas"]), by=ANA, now=NOW)
    assert [role.name for role in contact.roles.all()] == ["Ventas"]
    rows[-1].usage = "pagos"
    with pytest.raises(ContactInvalid):
        save_contact(contact, Besides(rows), by=ANA, now=NOW)
    rows[-1].value = "0981 123 456"
    save_contact(contact, Besides(rows), by=ANA, now=NOW)
    assert Address.objects.get(usage="pagos").problem == "", "it is understood now"
