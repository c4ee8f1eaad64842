"""`emailketing contact …` and `emailketing suppression …`, as an operator types them."""

import pytest
from django.utils import translation

from emailketing.accounts.models import AuditEntry
from emailketing.cli.show import clock
from emailketing.contacts.models import Address, Contact, Role, Suppression
from emailketing.triggers.notifications.models import Outcome
from tests.cli.test_sender_message import run
from tests.triggers.cast import Cast

pytestmark = pytest.mark.django_db


def entered() -> Contact:
    ways = ("--address", "ana@estacion.test", "--address", "0981 123 456", "--role", "Gerencia")
    run("contact", "add", "Ana Ñandú", *ways)
    return Contact.objects.get(name="Ana Ñandú")


def test_somebody_with_a_duty_is_entered_and_found() -> None:
    contact = entered()
    kept = {row.kind: row.value for row in contact.addresses.all()}
    assert kept == {"email": "ana@estacion.test", "phone": "+595981123456"}
    assert Role.objects.get(name="Gerencia").contacts.get() == contact
    assert "Ana" in run("contact", "list", "ana@").output
    assert "Ana" not in run("contact", "list", "pedro").output
    run("contact", "add", "Nadie", "--address", "0981", code=1)
    run("contact", "add", "Nadie", "--language", "xx", code=1)
    assert not Contact.objects.filter(name="Nadie").exists()


def test_duties_and_addresses_are_given_and_taken_away() -> None:
    contact = entered()
    number = str(contact.pk)
    Address.objects.create(contact=contact, kind="phone", value="0981 / 12", problem="dos")
    ways = ("--no-address", "0981 / 12", "--no-address", "0981123456", "--address", "0982123456")
    run("contact", "set", number, "--role", "Compras", "--no-role", "Gerencia", *ways, "--inactive")
    contact.refresh_from_db()
    assert [role.name for role in contact.roles.all()] == ["Compras"]
    assert [row.value for row in contact.addresses.all()] == ["ana@estacion.test", "+595982123456"]
    assert not contact.is_active
    changes = AuditEntry.objects.latest("pk").changes
    assert changes["duties"] == [["Gerencia"], ["Compras"]]
    assert changes["is_active"] == [True, False]


@pytest.mark.parametrize(
    "wrong",
    [("--no-role", "Nada"), ("--no-address", "pedro@estacion.test"), ("--address", "no es nada")],
)
def test_a_change_that_cannot_be_changes_nothing(wrong: tuple[str, str]) -> None:
    contact = entered()
    run("contact", "set", str(contact.pk), "--role", "Compras", *wrong, code=1)
    assert [role.name for role in contact.roles.all()] == ["Gerencia"]


def test_what_a_source_says_is_changed_there() -> None:
    number = str(Contact.objects.create(name="Lubricantes", source="estacion", key="P1").pk)
    for read_again in (("--address", "ana@estacion.test"), ("--inactive",)):
        assert "estacion" in run("contact", "set", number, *read_again, code=1).output
    run("contact", "set", number, "--role", "Compras")
    assert Role.objects.get(name="Compras").contacts.get().name == "Lubricantes"


def test_what_a_person_wants_is_noted_by_class() -> None:
    number = str(entered().pk)
    run("contact", "wishes", number, "--refuses", "marketing", "--order", "report=sms,email")
    assert set(Suppression.objects.values_list("kind", "mail_class")) == {
        ("email", "marketing"),
        ("phone", "marketing"),
    }
    assert "sms, email" in run("contact", "show", number).output
    run("contact", "wishes", number, "--wants", "marketing", "--order", "report=")
    run("contact", "wishes", number, "--time-zone", "America/New_York")
    contact = Contact.objects.get()
    assert (contact.channel_order, contact.time_zone) == ({}, "America/New_York")
    assert not Suppression.objects.exists()
    assert AuditEntry.objects.filter(action="changed", came_from="command line").count() == 3


@pytest.mark.parametrize(
    "wrong",
    [
        ("--refuses", "news"),
        ("--order", "report"),
        ("--order", "news=sms"),
        ("--order", "report=fax"),
        ("--wants", "marketing"),
        ("--time-zone", "Mars/Olympus"),
    ],
)
def test_a_wish_nobody_understands_changes_nothing(wrong: tuple[str, str]) -> None:
    number = str(entered().pk)
    run("contact", "wishes", number, "--refuses", "marketing", *wrong, code=1)
    assert not Suppression.objects.exists()
    run("contact", "wishes", "9999", *wrong, code=1)


def test_all_that_is_wrong_with_a_contact_is_told_at_once() -> None:
    said = run(
        *("contact", "add", "A\nB", "--language", "klingon", "--address", "juan perez@x.test"),
        *("--address", "0981", "--address", "bien@x.test"),
        code=1,
    ).output
    assert all(word in said for word in ("NAME", "--language", "juan perez@x.test", "0981"))
    assert "bien@" not in said
    assert not Contact.objects.exists()
    run("contact", "add", " ", code=1)
    run("contact", "add", "N" * 201, code=1)
    number = str(entered().pk)
    wrong = ("--order", "report=fax", "--refuses", "news", "--time-zone", "Mars/Olympus")
    said = run("contact", "wishes", number, *wrong, code=1).output
    assert all(word in said for word in ("fax", "news", "Mars/Olympus"))
    wrong = ("--no-role", "Nada", "--no-address", "x@x.test", "--address", "mal")
    said = run("contact", "set", number, *wrong, code=1).output
    assert all(word in said for word in ("Nada", "x@x.test", "mal"))


def test_a_reason_is_kept_whole_or_refused_and_a_list_has_no_negative_length() -> None:
    said = run("suppression", "add", "no es nada", "--reason", "x" * 301, code=1).output
    assert "no es nada" in said
    assert "300" in said
    run("suppression", "add", "ana@x.test", "--reason", " ", code=1)
    assert not Suppression.objects.exists()
    for words in (("contact", "list"), ("suppression", "list"), ("message", "list"), ("events",)):
        run(*words, "--limit", "-1", code=2)


def test_an_address_is_stopped_as_it_is_kept_and_lifted_again() -> None:
    run("suppression", "add", "0981 000 111", "--reason", "no quiere")
    assert Suppression.objects.get().value == "+595981000111"
    assert "no quiere" in run("suppression", "list").output
    again = run("suppression", "add", "0981 000 111", "--reason", "otra vez", code=1).output
    assert "+595981000111" in again
    assert "no quiere" in again
    run("suppression", "add", "no es nada", "--reason", "x", code=1)
    run("suppression", "lift", "+595981000111", "--reason", "x", "--class", "marketing", code=1)
    run("suppression", "lift", "+595 981 000111", "--reason", "quiere otra vez")
    assert not Suppression.objects.exists()
    noted = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(noted) == ["suppressed", "lifted"]


def test_whom_nothing_reaches_is_listed() -> None:
    with translation.override("en"):
        cast = Cast()
    contact = entered()
    Address.objects.create(contact=contact, kind="phone", value="0981 / 12", problem="dos")
    assert "0981 / 12" in run("contact", "misread").output
    event = cast.happen()
    Outcome.objects.create(
        rule=cast.rule, event=event, result="no_address", detail="nadie", at=clock()
    )
    assert "nadie" in run("contact", "unreachable").output
