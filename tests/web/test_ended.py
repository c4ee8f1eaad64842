"""Who ended what, where from, when and by whom: on the person's page, the list, as CSV (12)."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from emailketing.accounts.models import AuditEntry
from emailketing.contacts.models import Address, Contact, Suppression
from emailketing.contacts.suppress import Told, opt_out
from tests.cli.test_sender_message import run

SignIn = Callable[[str], Client]
ANA = "ana.ended@cliente.test"


@pytest.fixture
def person(story: dict[str, Any], now: datetime) -> Contact:
    made = Contact.objects.create(name="Ana Ended")
    Address.objects.create(contact=made, value=ANA)
    message = story["messages"]["accepted"].pk
    told = Told(via="one_click", by=f"reader {ANA}, by his link", message=message)
    opt_out(ANA, "marketing", now=now, told=told)
    opt_out(ANA, "report", about="report:999", now=now, told=Told(via="page"))
    return made


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("place", ["person", "list"])
def test_it_stands_on_the_persons_page_and_in_the_list(
    person: Contact, signed_in: SignIn, place: str
) -> None:
    address = f"/people/{person.pk}/" if place == "person" else f"/contacts/suppression/?q={ANA}"
    page = text_of(signed_in("reader"), address)
    noted = Suppression.objects.get(mail_class="marketing")
    for words in ("publicidad", "el botón del programa de correo", "by his link", "report:999"):
        assert words in page, words
    assert f"/messages/{noted.message}/" in page
    assert "/lift/" not in page
    assert f"/suppressions/{noted.pk}/lift/" in text_of(signed_in("operator"), address)


@pytest.mark.parametrize("why", ["", "pidió volver, por teléfono"])
def test_what_the_person_ended_goes_on_only_with_a_reason(
    person: Contact, signed_in: SignIn, why: str
) -> None:
    sent = {"wants-marketing": "on", "saw-marketing": "", "why": why}
    said = signed_in("operator").post(f"/people/{person.pk}/wishes/", sent, follow=True)
    gone = not Suppression.objects.filter(mail_class="marketing").exists()
    assert gone is bool(why)
    if why:
        assert AuditEntry.objects.latest("pk").changes["reason"] == ["", why]
    else:
        assert "Diga por qué" in said.content.decode()


def test_the_same_by_command(person: Contact, tmp_path: Path) -> None:
    number = str(person.pk)
    assert "--reason" in run("contact", "wishes", number, "--wants", "marketing", code=1).output
    listed = run("suppression", "list", "--words", ANA).output
    assert "report:999" in listed
    file = tmp_path / "ended.csv"
    run("suppression", "export", str(file))
    assert "by his link" in file.read_text("utf-8-sig")
    assert AuditEntry.objects.filter(action="exported").count() == 1
    run("suppression", "export", str(tmp_path), code=1)
    run("contact", "wishes", number, "--wants", "marketing", "--reason", "firmó el formulario")
    assert not Suppression.objects.filter(mail_class="marketing").exists()
    run("suppression", "lift", ANA, "--about", "report:999", "--reason", "lo pidió")
    assert not Suppression.objects.filter(value=ANA).exists()


def test_an_operator_ends_one_class_for_somebody(person: Contact) -> None:
    added = run("suppression", "add", ANA, "--class", "greeting", "--reason", "por teléfono")
    assert "“greeting”" in added.output or "«greeting»" in added.output
    made = Suppression.objects.get(mail_class="greeting")
    assert (made.reason, made.via, made.note) == ("opt_out", "operator", "por teléfono")
    run("suppression", "add", ANA, "--class", "greeting", "--reason", "otra vez", code=1)
    run("suppression", "add", ANA, "--class", "nothing", "--reason", "x", code=1)
    assert person.addresses.count() == 1


def test_the_list_is_taken_as_csv_and_that_is_noted(person: Contact, signed_in: SignIn) -> None:
    answer = signed_in("reader").get("/suppressions/export.csv", {"q": ANA})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 3
    assert any("by his link" in line and "publicidad" in line for line in lines)
    assert AuditEntry.objects.filter(action="exported").exists()
    assert person.name
