"""A mistake in a contact or a duty is refused alike by page, command and configuration file."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from emailketing.accounts.models import AuditEntry
from emailketing.cli.show import clock
from emailketing.configuration import ConfigurationInvalid, apply
from emailketing.contacts.models import Address, Contact, Role
from tests.cli.test_sender_message import run

SignIn = Callable[[str], Client]
# a piece of the sentence, what the page sends, what the command says, what the file has
BAD: list[tuple[str, dict[str, str], tuple[str, ...], str]] = [
    ("vacío", {"name": ""}, (" ",), ""),
    ("máximo 200", {"name": "N" * 201}, ("N" * 201,), ""),
    ("es, en, pt", {"language": "xx"}, ("Ana", "--language", "xx"), 'language = "xx"'),
    ("«rosa»", {"value": "rosa"}, ("Ana", "--address", "rosa"), 'emails = ["rosa"]'),
    (
        "0981",
        {"value": "0981", "kind": "phone"},
        ("Ana", "--address", "0981"),
        'phones = ["0981"]',
    ),
]


def page_of(**changed: str) -> dict[str, str]:
    row = {name: changed.pop(name) for name in list(changed) if name in ("value", "kind")}
    sent = {"name": "Ana", "language": "es", "is_active": "on"} | changed
    sent |= {"addresses-TOTAL_FORMS": str(len(row) and 1), "addresses-INITIAL_FORMS": "0"}
    row = {"kind": "email", "position": "0", **row} if row else {}
    return sent | {f"addresses-0-{name}": value for name, value in row.items()}


def told(answer: Any) -> Iterator[str]:
    """Everything that a page of the admin says beside its fields."""
    form = answer.context["adminform"].form
    for errors in (form.errors, *answer.context["inline_admin_formsets"][0].formset.errors):
        yield from (sentence for sentences in errors.values() for sentence in sentences)


@pytest.mark.parametrize(("piece", "form", "words", "file"), BAD)
def test_a_mistake_in_a_contact_is_refused_alike(
    piece: str,
    form: dict[str, str],
    words: tuple[str, ...],
    file: str,
    staff: dict[str, Any],
    signed_in: SignIn,
) -> None:
    answer = signed_in("operator").post("/contacts/contact/add/", page_of(**form))
    [sentence] = told(answer)
    assert piece in sentence
    assert sentence in run("contact", "add", *words, code=1).output
    if file:
        text = f'format = 1\n[[person]]\nsource = ""\nname = "Ana"\n{file}\n'
        with translation.override("es"), pytest.raises(ConfigurationInvalid) as raised:
            apply(text, by="ana", now=clock())
        assert sentence in str(raised.value)
    assert not Contact.objects.exists()
    assert not Address.objects.exists()
    assert not AuditEntry.objects.filter(action__in=["created", "changed"]).exists()


@pytest.mark.parametrize(
    ("written", "piece"),
    [
        ("23/05/2087", "2087"),  # lies ahead
        ("01/01/1753", "1753"),  # what a program fills in
        ("30/02/1980", "30/02/1980"),
        ("marzo", "marzo"),
        ("29/02/2023", "29/02/2023"),  # of a year that has none
        ("🎂", "🎂"),
        ("99999999999999999999", "99999"),
    ],
)
def test_a_birthday_that_is_none_is_refused_alike(
    written: str, piece: str, staff: dict[str, Any], signed_in: SignIn
) -> None:
    ana = Contact.objects.create(name="Ana")
    page = signed_in("operator").post(
        f"/people/{ana.pk}/dates/", {"date-birth": written}, follow=True
    )
    [sentence] = {str(message) for message in page.context["messages"]}
    assert piece in sentence
    assert sentence in " ".join(
        run("contact", "set", str(ana.pk), "--date", f"birth={written}", code=1).output.split()
    )
    text = (
        f'format = 1\n[[person]]\nsource = ""\nname = "Ana"\n[person.dates]\nbirth = "{written}"\n'
    )
    with translation.override("es"), pytest.raises(ConfigurationInvalid) as raised:
        apply(text, by="ana", now=clock())
    assert sentence in str(raised.value)
    assert not ana.dates.exists()


def test_a_mistake_in_a_duty_is_refused_alike(staff: dict[str, Any], signed_in: SignIn) -> None:
    client, long = signed_in("operator"), "D" * 81
    answer = client.post("/contacts/role/add/", {"name": long})
    [[sentence]] = answer.context["adminform"].form.errors.values()
    assert sentence in run("contact", "add", "Ana", "--role", long, code=1).output
    with translation.override("es"), pytest.raises(ConfigurationInvalid) as raised:
        apply(f'format = 1\n[[role]]\nname = "{long}"\n', by="ana", now=clock())
    assert sentence in str(raised.value)
    assert not Role.objects.exists()


def test_a_page_saves_a_contact_with_its_addresses_and_notes_it_once(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("operator")
    client.post("/contacts/contact/add/", page_of(value="Ana <ana@x.test>"))
    contact = Contact.objects.get()
    [row] = contact.addresses.all()
    assert (row.value, row.person) == ("ana@x.test", "Ana")
    sent = page_of(value="compras@x.test", name="Doña Ana")
    sent |= {"addresses-INITIAL_FORMS": "1", "addresses-0-id": str(row.pk)}
    client.post(f"/contacts/contact/{contact.pk}/change/", sent)
    noted = AuditEntry.objects.filter(object_type="contacts.contact").order_by("pk")
    assert [(one.action, one.username, one.came_from) for one in noted] == [
        ("created", "operator", "127.0.0.1"),
        ("changed", "operator", "127.0.0.1"),
    ]
    assert noted[1].changes["name"] == ["Ana", "Doña Ana"]
    assert noted[1].changes["addresses"] == [["ana@x.test · Ana"], ["compras@x.test"]]
    client.post(f"/contacts/contact/{contact.pk}/delete/", {"post": "yes"})
    assert not Contact.objects.exists()
    assert AuditEntry.objects.latest("pk").action == "deleted"


def test_a_page_saves_a_duty_with_its_people_and_notes_it(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("operator")
    ana = Contact.objects.create(name="Ana")
    client.post("/contacts/role/add/", {"name": "Compras", "contacts": [ana.pk]})
    role = Role.objects.get()
    assert list(role.contacts.all()) == [ana]
    client.post(f"/contacts/role/{role.pk}/change/", {"name": "Compras", "contacts": []})
    assert AuditEntry.objects.latest("pk").changes == {"contacts": [["Ana"], []]}
    again = client.post("/contacts/role/add/", {"name": "Compras"})
    assert again.status_code == 200, "there is one of this name"
    client.post(f"/contacts/role/{role.pk}/delete/", {"post": "yes"})
    assert AuditEntry.objects.latest("pk").action == "deleted"
