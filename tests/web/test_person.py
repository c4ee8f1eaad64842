"""A person's page: everything on every channel, what they want, which address has a problem."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from emailketing.accounts.models import AuditEntry
from emailketing.contacts.models import Address, Contact, Suppression
from emailketing.contacts.suppress import opt_out
from emailketing.outbox.models import MailClass
from emailketing.triggers.notifications.models import Outcome
from tests.web import phones

SignIn = Callable[[str], Client]


@pytest.fixture
def person(story: dict[str, Any], now: datetime) -> Contact:
    phones.everything(story, now)
    found: Contact = story["contacts"]["P1"]
    return found


def html_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def form(**changed: str | None) -> dict[str, str]:
    """What the browser sends when everything is wanted, but for what is changed."""
    sent = {f"{word}-{name}": "on" for name in MailClass.values for word in ("wants", "saw")}
    return {name: value for name, value in (sent | changed).items() if value is not None}


def test_a_persons_page_shows_mails_and_texts(person: Contact, signed_in: SignIn) -> None:
    html = html_of(signed_in("reader"), f"/people/{person.pk}/")
    assert "Orden de compra OC-0017" in html
    assert "+595 982 222333" in html


def test_a_phone_is_called_one_and_not_an_sms(person: Contact, signed_in: SignIn) -> None:
    """It may be a landline, which no text reaches (#10)."""
    person.addresses.create(kind=Address.Kind.PHONE, value="+59521555010")
    addresses = html_of(signed_in("reader"), f"/people/{person.pk}/").split("</section>")[1]
    assert 'title="teléfono"' in addresses
    assert 'title="SMS"' not in addresses


def test_what_went_to_the_same_address_for_another_reason_is_there_too(
    story: dict[str, Any], person: Contact, signed_in: SignIn
) -> None:
    message = story["messages"]["accepted"]
    type(message).objects.filter(pk=message.pk).update(contact=None)
    assert f"/messages/{message.pk}/" in html_of(signed_in("reader"), f"/people/{person.pk}/")


def test_a_class_is_switched_off_for_every_address_and_on_again(
    person: Contact, signed_in: SignIn
) -> None:
    client, url = signed_in("operator"), f"/people/{person.pk}/wishes/"
    client.post(url, form(**{"wants-marketing": None}))
    made = Suppression.objects.filter(mail_class="marketing")
    assert {(row.kind, row.reason, row.by) for row in made} == {
        ("email", "opt_out", "operator"),
        ("phone", "opt_out", "operator"),
    }
    entry = AuditEntry.objects.latest("pk")
    assert "marketing" in entry.changes["wants"][0]
    assert "marketing" not in entry.changes["wants"][1]
    client.post(url, form(**{"saw-marketing": ""}))
    assert not made.all().exists()


def test_saving_leaves_alone_what_only_one_address_does_not_want(
    person: Contact, signed_in: SignIn, now: datetime
) -> None:
    opt_out("compras@lubeste.test", "greeting", now=now)
    client = signed_in("operator")
    assert "no a todas sus direcciones" in html_of(client, f"/people/{person.pk}/")
    client.post(f"/people/{person.pk}/wishes/", form())
    assert Suppression.objects.filter(mail_class="greeting").count() == 1


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"order-any": "sms,email"}, {"any": ["sms", "email"]}),
        (
            {"order-any": "email", "order-report": "whatsapp"},
            {"any": ["email"], "report": ["whatsapp"]},
        ),
        ({"order-any": ""}, {}),
    ],
)
def test_the_order_of_channels_is_kept_per_class(
    sent: dict[str, str], kept: dict[str, list[str]], person: Contact, signed_in: SignIn
) -> None:
    client = signed_in("operator")
    client.post(
        f"/people/{person.pk}/wishes/",
        form(**sent, time_zone="America/New_York"),
    )
    person.refresh_from_db()
    assert person.channel_order == kept
    assert person.time_zone == "America/New_York"
    wrong = form(time_zone="Mars/Olympus", **{"order-report": "fax"})
    said = client.post(f"/people/{person.pk}/wishes/", wrong, follow=True).content.decode()
    person.refresh_from_db()
    assert person.time_zone == "America/New_York", "nothing is emptied in silence"
    assert person.channel_order == kept
    assert "Mars/Olympus" in said
    assert "email, sms" in said


def test_m3_a_phone_that_is_not_understood_is_listed_with_where_to_mend_it(
    person: Contact, signed_in: SignIn
) -> None:
    Address.objects.create(
        contact=person, kind="phone", value="0981 12 / 0971", problem="más de un número"
    )
    html = html_of(signed_in("reader"), "/people/misread/")
    for part in (f"/people/{person.pk}/", "0981 12 / 0971", "más de un número"):
        assert part in html
    assert "Corríjalo en «Sistema de la estación»" in html


def test_whom_nothing_could_be_sent_to_is_listed_with_document_and_person(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    html = html_of(signed_in("reader"), "/people/unreachable/")
    assert f'href="/people/{story["contacts"]["P4"].pk}/"' in html
    assert "/document/estacion/purchase_order/62/" in html
    assert "OC-0060" not in html  # there the condition was false


def test_a_phone_is_stopped_as_it_is_kept_and_lifted_again(
    person: Contact, signed_in: SignIn
) -> None:
    client = signed_in("operator")
    client.post("/suppressions/add/", {"address": "0981 000 111", "reason": "no quiere"})
    made = Suppression.objects.get(kind="phone")
    assert made.value == "+595981000111"
    client.post(f"/suppressions/{made.pk}/lift/", {"reason": "quiere otra vez"})
    assert not Suppression.objects.filter(kind="phone").exists()


@pytest.mark.parametrize("written", ["0981", "no es nada", "ana@", "021 / 444"])
def test_what_is_neither_address_nor_phone_is_not_stopped(
    written: str, staff: dict[str, Any], signed_in: SignIn
) -> None:
    signed_in("operator").post("/suppressions/add/", {"address": written, "reason": "x"})
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("written", "kept"), [("0981 123 456", "+595981123456"), ("123", None), ("a@b", None)]
)
def test_a_phone_entered_by_hand_is_understood_or_refused(
    written: str, kept: str | None, staff: dict[str, Any], signed_in: SignIn
) -> None:
    rows = {
        "addresses-TOTAL_FORMS": "1",
        "addresses-INITIAL_FORMS": "0",
        "addresses-0-kind": "phone",
        "addresses-0-value": written,
        "addresses-0-position": "0",
    }
    signed_in("operator").post(
        "/contacts/contact/add/", {"name": "Doña Ana", "language": "es", "is_active": "on", **rows}
    )
    values = list(Address.objects.values_list("value", flat=True))
    assert values == ([kept] if kept else [])


def test_who_has_an_address_by_now_is_written_to_by_one_click(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    client, outcome = signed_in("operator"), Outcome.objects.get(result="no_address")
    url = f"/people/unreachable/{outcome.pk}/write/"
    assert url in html_of(client, "/people/unreachable/")
    assert url not in html_of(signed_in("reader"), "/people/unreachable/")
    client.post(url)
    outcome.refresh_from_db()
    assert outcome.result == "no_address"
    person = story["contacts"]["P4"]
    Address.objects.create(contact=person, kind="email", value="compras@ita.example")
    client.post(url)
    outcome.refresh_from_db()
    assert outcome.result == "sent"
    assert outcome.dispatch
    assert [m.address for m in outcome.dispatch.messages.all()] == ["compras@ita.example"]
    assert AuditEntry.objects.filter(action="retried").count() == 2
