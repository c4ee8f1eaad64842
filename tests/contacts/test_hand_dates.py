"""Dates of who was entered by hand: kept as typed, what cannot be is one sentence (O4, O7)."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from emailketing.accounts.models import AuditEntry
from emailketing.configuration import apply, export_configuration
from emailketing.contacts.check import ContactInvalid
from emailketing.contacts.models import Contact, PersonDate
from emailketing.contacts.save import Besides, save_contact
from tests.cli.test_sender_message import run

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def born(written: str) -> tuple[int | None, ...]:
    contact = save_contact(
        Contact(name="Ana"), Besides(dates={"birth": written}), by="ana", now=NOW
    )
    one = contact.dates.get()
    return one.day, one.month, one.year


def test_days_are_read_as_people_write_them() -> None:
    assert born("23/05/1980") == (23, 5, 1980)
    assert born("23/05") == (23, 5, None)
    assert born("29 de febrero de 2000") == (29, 2, 2000)
    assert AuditEntry.objects.latest("pk").changes["dates"][1] == ["birth: 29 de febrero de 2000"]


@pytest.mark.parametrize(
    ("written", "piece"),
    [
        ("23/05/2087", "born in 2087"),
        ("01/01/1753", "born in 1753"),
        ("30/02/1980", "no such day"),
        ("marzo", "is no date"),
    ],
)
def test_what_is_no_birthday_is_refused_with_one_sentence(written: str, piece: str) -> None:
    with translation.override("en"), pytest.raises(ContactInvalid) as raised:
        born(written)
    [sentence] = raised.value.problems.values()
    assert piece in sentence
    assert not Contact.objects.exists()


def test_command_and_file_say_the_same() -> None:
    run("contact", "add", "Ana", "--date", "birth=23/05/1980", "--date", "wedding=1/2")
    ana = Contact.objects.get()
    assert set(ana.dates.values_list("kind", flat=True)) == {"birth", "wedding"}
    assert "--date: " in run("contact", "set", str(ana.pk), "--date", "birth=30/02", code=1).output
    run("contact", "set", str(ana.pk), "--date", "wedding=")
    assert "23/05/1980" in run("contact", "show", str(ana.pk)).output
    text = export_configuration()
    assert 'birth = "23/05/1980"' in text
    PersonDate.objects.all().delete()
    apply(text, by="ana", now=NOW)
    assert ana.dates.get().written == "23/05/1980"


def test_a_sources_date_is_put_right_there() -> None:
    contact = Contact.objects.create(name="X", source="estacion", key="customer:1")
    with pytest.raises(ContactInvalid):
        save_contact(contact, Besides(dates={"birth": "1/1"}), by="ana", now=NOW)
