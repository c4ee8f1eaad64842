"""A channel is a folder: one that only this test has is offered, checked and used as the others."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

from emailketing import channels
from emailketing.audience.models import Choice
from emailketing.channels import catalogue, hooks, senders
from emailketing.channels.answered import note_word
from emailketing.channels.models import Sender
from emailketing.channels.registry import adapter
from emailketing.cli.app import app
from emailketing.configuration import diff, export_configuration
from emailketing.configuration.apply import apply
from emailketing.contacts.models import Contact
from emailketing.content.models import Template
from emailketing.content.save import TemplateInvalid, Texts, save_revision
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.preview import preview
from emailketing.outbox.queueing.targets import usable_address
from emailketing.outbox.queueing.test_mail import send_test
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.save import problem_of
from emailketing.web.console.contacts.wishes import order_choices
from tests.outbox import cast
from tests.triggers.cast import NOW, Cast
from tests.web import cast as web

pytestmark = pytest.mark.django_db
FOLDERS = Path(__file__).parent / "made_up"
NUMBER = "+595981000111"


@pytest.fixture(autouse=True)
def pigeon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lay the folder beside those of the other channels."""
    monkeypatch.setattr(channels, "__path__", [*channels.__path__, str(FOLDERS)])
    catalogue.forget()
    yield
    monkeypatch.undo()
    catalogue.forget()
    adapter.cache_clear()
    hooks.hear_of.cache_clear()


@pytest.fixture
def administrator() -> Client:
    web.company()
    client = Client()
    client.force_login(web.users()["administrator"])
    return client


def a_loft(**values: Any) -> Sender:
    sender = senders.begun("loft")
    sender.name, sender.options = "Palomar", {"breed": "homing"}
    for name, value in values.items():
        setattr(sender, name, value)
    return senders.save_sender(sender, by="ana", now=cast.NOON)


def test_it_is_offered_beside_the_others() -> None:
    assert list(catalogue.channels()) == ["email", "sms", "whatsapp", "pigeon"]
    assert catalogue.phones_by_turn() == ("pigeon", "whatsapp", "sms")
    assert ("pigeon", "only by Pigeon") in [
        (value, words.replace("solo por", "only by")) for value, words in order_choices("")
    ]


def test_the_console_offers_its_kind_and_draws_its_form(administrator: Client) -> None:
    client = administrator
    assert 'href="?kind=loft' in client.get("/senders/new/").content.decode()
    page = client.get("/senders/new/?kind=loft")
    assert {"option_breed", "from_address", "price"} <= set(page.context["form"].fields)
    assert "Price of one pigeon" in page.content.decode()
    values = {"kind": "loft", "name": "Palomar", "is_active": "on", "connections": "1"}
    refused = client.post("/senders/new/", values | {"option_breed": "duck"})
    assert refused.context["form"].errors["option_breed"] == ["A duck is no pigeon."]
    client.post("/senders/new/", values | {"option_breed": "homing"})
    saved = Sender.objects.get()
    assert (saved.channel, saved.options) == ("pigeon", {"breed": "homing"})
    assert "Tie this address to the leg." in client.get(f"/senders/{saved.pk}/").content.decode()
    assert "pigeon loft" in client.get("/senders/").content.decode()


def test_the_command_line_knows_it() -> None:
    def run(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, list(words))
        assert result.exit_code == code, result.output
        return result.output

    assert "Pigeons" in run("sender", "kinds")
    assert "breed *" in run("sender", "kinds", "--kind", "loft")
    made = ("sender", "add", "Palomar", "--kind", "loft", "--option")
    assert "A duck is no pigeon." in run(*made, "breed=duck", code=1)
    run(*made, "breed=homing")
    assert "The homing is awake." in run("sender", "test", "Palomar")
    contact = Contact.objects.create(name="Ana")
    run("contact", "wishes", str(contact.pk), "--order", "any=pigeon,email")
    contact.refresh_from_db()
    assert contact.channel_order == {"any": ["pigeon", "email"]}


def test_the_configuration_file_carries_it() -> None:
    a_loft()
    text = export_configuration()
    assert 'channel = "pigeon"' in text
    Sender.objects.all().delete()
    apply(text, by="ana", now=cast.NOON)
    assert Sender.objects.get().options == {"breed": "homing"}


def test_what_gateways_call_reaches_its_own_code() -> None:
    sender = a_loft()
    assert sender.hook_token
    assert hooks.hear(sender, hooks.Call("POST")).answer == "Palomar heard POST"


def test_a_template_takes_the_formats_it_declares() -> None:
    template = Template.objects.create(slug="p", name="P", channel="pigeon")

    def save(style: str) -> None:
        texts = Texts(subject="", preheader="", body="Hola", format=style)
        save_revision(template, language="es", texts=texts, sample=None, by="a", now=cast.NOON)

    save("short")
    with pytest.raises(TemplateInvalid):
        save("approved")


def test_the_ledger_asks_what_it_can_do() -> None:
    """It reaches a landline, takes no document, and flies back two hours after an answer only."""
    sender = a_loft(price=3)
    assert usable_address("pigeon", "021 200 300", "PY") == "+59521200300"
    late = send_test(sender, NUMBER, by="ana", now=cast.NOON)
    assert (late.state, late.detail) == (State.FAILED, "The pigeon has flown off.")
    note_word(sender, NUMBER, at=cast.NOON, now=cast.NOON)
    message = send_test(sender, NUMBER, by="ana", now=cast.NOON)
    assert (message.state, message.channel, message.segments) == (State.READY, "pigeon", 1)
    assert message.cost == sender.price
    assert preview(message).files == []


@dataclass
class Flight:
    """A rule about orders, a loft, and words for the leg of a pigeon."""

    cast: Cast
    loft: Sender
    words: Template

    @property
    def chosen(self) -> Choice:
        return Rule.objects.get(pk=self.cast.rule.pk).choice("pigeon")


@pytest.fixture
def flight() -> Flight:
    cast_of_rule = Cast()
    words = Template.objects.create(
        slug="leg", name="Leg text", channel="pigeon", document_type="purchase_order"
    )
    texts = Texts(subject="", preheader="", body="{{ document.number }}", format="short")
    save_revision(words, language="es", texts=texts, sample=None, by="a", now=NOW)
    return Flight(cast_of_rule, a_loft(), words)


def test_the_form_of_a_rule_offers_its_words_and_its_sender(flight: Flight) -> None:
    client, rule = Client(), flight.cast.rule
    client.force_login(web.users()["administrator"])
    form = client.get(f"/rules/{rule.pk}/edit/").context["form"]
    assert form.fields["pigeon_template"].label == "Text for pigeons"
    # what the page shows is sent back, with the pigeon beside it
    values = {name: form[name].value() for name in form.fields}
    values |= {name: json.dumps(form.initial[name]) for name in ("condition", "recipients")}
    values |= {"fallback": "{}", "delivery": "both", "pigeon_template": flight.words.pk}
    values |= {"pigeon_sender": flight.loft.pk}
    sent = {name: value for name, value in values.items() if value is not None}
    sent = {name: value for name, value in sent.items() if value is not False}
    answer = client.post(f"/rules/{rule.pk}/edit/", sent)
    assert answer.status_code == 302, answer.context["form"].errors
    assert flight.chosen == Choice(flight.words, flight.loft)
    page = client.get(f"/rules/{rule.pk}/").content.decode()
    assert "Leg text" in page
    assert "Palomar" in page


def test_a_rule_is_told_of_it_by_commands(flight: Flight) -> None:
    def run(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["rule", *words])
        assert result.exit_code == code, result.output
        return result.output

    number = str(flight.cast.rule.pk)
    run("set", number, "delivery=both", "pigeon=leg")
    assert flight.chosen == Choice(flight.words)
    run("set", number, "way=pigeon:leg:Palomar")
    assert flight.chosen == Choice(flight.words, flight.loft)
    run("set", number, "way=pigeon", "delivery=email")
    assert flight.chosen == Choice()
    assert "pigeon" in run("set", number, "way=owl:leg", code=1), "what there is"
    what = ("--source", "shop", "--process", "purchase_order", "--template", "order")
    how = ("--delivery", "both", "--way", "pigeon:leg", "--to", "role:Management")
    run("add", "By pigeon", *what, *how)
    assert Rule.objects.get(name="By pigeon").choice("pigeon") == Choice(flight.words)


def test_the_file_says_by_it_too(flight: Flight) -> None:
    rule = flight.cast.rule
    rule.delivery = "both"
    rule.choose("pigeon", template=flight.words, sender=flight.loft)
    rule.save()
    text = export_configuration()
    assert '{ channel = "pigeon", template = "leg", sender = "Palomar" }' in text
    assert diff(text) == []
    rule.choose("pigeon", template=None, sender=None)
    rule.save()
    apply(text, by="ana", now=NOW)
    assert flight.chosen == Choice(flight.words, flight.loft)


def test_a_rule_writes_by_it(flight: Flight) -> None:
    flight.cast.rule.delivery = "phone"
    flight.cast.rule.choose("pigeon", template=flight.words)
    flight.cast.rule.save()
    flight.cast.supplier.addresses.create(kind="phone", value="0981 000 111")
    assert flight.cast.judge().result == "sent"
    message = Message.objects.get()
    assert (message.channel, message.address, message.sender) == ("pigeon", NUMBER, flight.loft)


def test_what_was_written_over_it_stays_readable_when_the_folder_is_gone(
    administrator: Client,
) -> None:
    sender = a_loft()
    note_word(sender, NUMBER, at=cast.NOON, now=cast.NOON)
    message = send_test(sender, NUMBER, by="ana", now=cast.NOON)
    channels.__path__.pop()
    catalogue.forget()
    assert administrator.get(f"/messages/{message.pk}/").status_code == 200
    assert administrator.get("/senders/").status_code == 200


def test_a_rule_says_that_its_channel_is_gone_and_writes_by_the_others(flight: Flight) -> None:
    rule = flight.cast.rule
    rule.delivery = "both"
    rule.choose("pigeon", template=flight.words)
    rule.save()
    channels.__path__.pop()
    catalogue.forget()
    assert "“pigeon”, which is not installed" in problem_of(Rule.objects.get(), now=NOW)
    assert 'channel = "pigeon"' in export_configuration()
