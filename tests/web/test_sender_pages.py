"""The senders: only administrators (S14), the password goes in and never comes out (S22)."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

from emailketing.accounts.models import AuditEntry
from emailketing.channels.inbox.receive import InboxServer
from emailketing.channels.models import Sender
from emailketing.cli.app import app
from emailketing.outbox.models import Message
from tests.channels.http_sink import HttpSink, Says
from tests.web import cast

SignIn = Callable[[str], Client]
SECRET = "una-clave-secreta"  # noqa: S105 - of a test


def entries(**changed: Any) -> dict[str, Any]:
    return {
        "name": "Compras",
        "from_name": "Estación",
        "from_address": "compras@estacion.example",
        "host": "smtp.example.com",
        "port": "587",
        "security": "starttls",
        "username": "compras",
        "password": SECRET,
        "connections": "4",
        "is_active": "on",
    } | changed


def test_s22_the_password_is_kept_encrypted_and_never_shown(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("administrator")
    client.post("/senders/new/", entries())
    sender = Sender.objects.get()
    assert sender.password == SECRET
    assert SECRET not in sender.password_encrypted
    assert sender.is_default  # the first one
    page = client.get(f"/senders/{sender.pk}/").content.decode()
    assert SECRET not in page
    assert sender.password_encrypted not in page
    client.post(f"/senders/{sender.pk}/", entries(password="", name="Compras y ventas"))
    sender.refresh_from_db()
    assert (sender.password, sender.name) == (SECRET, "Compras y ventas")
    for entry in AuditEntry.objects.all():
        assert SECRET not in str(entry.changes)
        assert sender.password_encrypted not in str(entry.changes)


def test_s22_a_kept_password_is_not_given_to_another_server(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("administrator")
    client.post("/senders/new/", entries())
    sender = Sender.objects.get()
    stolen = entries(password="", host="smtp.evil.example", sender=sender.pk)
    for path in (f"/senders/{sender.pk}/", "/senders/check/"):
        answer = client.post(path, stolen)
        assert answer.context["form"].errors["password"]
    sender.refresh_from_db()
    assert sender.host == "smtp.example.com"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"port": "22"}, "port"),
        ({"port": "6379"}, "port"),
        ({"security": "plain"}, "security"),
        ({"from_address": "a@b.test\nBcc: x"}, "from_address"),
        ({"from_address": "no es"}, "from_address"),
        ({"connections": "0"}, "connections"),
        ({"daily_limit": "0"}, "daily_limit"),
    ],
)
def test_s14_s24_what_cannot_be_a_mail_server_is_refused(
    staff: dict[str, Any], signed_in: SignIn, changed: dict[str, str], field: str
) -> None:
    answer = signed_in("administrator").post("/senders/new/", entries(**changed))
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not Sender.objects.exists()


def test_everything_that_is_wrong_is_told_at_once_beside_its_field(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("administrator")
    wrong = entries(name="", from_address="nobody", port="many", connections="900", host="")
    answer = client.post("/senders/new/", wrong)
    fields = {"name", "from_address", "port", "connections", "host"}
    assert fields <= set(answer.context["form"].errors)
    assert all(len(said) == 1 for said in answer.context["form"].errors.values())
    assert not Sender.objects.exists()


WRONG = [
    ({"name": " "}, "Esto no puede quedar vacío."),
    ({"name": "x" * 81}, "Como máximo 80 caracteres."),
    ({"name": "ocupado"}, "Ya hay un remitente con este nombre."),
    ({"daily_limit": "3000000000"}, "Como máximo 1000000000 por día."),
    ({"connections": "0"}, "Entre 1 y 50 conexiones."),
    ({"reply_to": "no es"}, "«no es» no es una dirección de correo."),
    ({"port": "22"}, "Los servidores de correo"),
]


@pytest.mark.parametrize(("changed", "sentence"), WRONG)
def test_page_and_command_refuse_a_sender_in_the_same_words(
    staff: dict[str, Any],
    signed_in: SignIn,
    changed: dict[str, str],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cast.sender()
    Sender.objects.update(name="ocupado")
    monkeypatch.setenv("EMAILKETING_SENDER_PASSWORD", SECRET)
    wanted = entries(**changed)
    answer = signed_in("administrator").post("/senders/new/", wanted)
    given = {name: value for name, value in wanted.items() if name not in {"password", "is_active"}}
    options = [
        part
        for name, value in given.items()
        if name != "name"
        for part in (f"--{name.replace('_', '-')}", value)
    ]
    said = CliRunner().invoke(app, ["sender", "add", wanted["name"], *options])
    (field,) = changed
    (beside,) = answer.context["form"].errors[field]
    assert sentence in beside
    assert f"{field}: {beside}" in said.output
    assert list(Sender.objects.values_list("name", flat=True)) == ["ocupado"]
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("port", "Un puerto es un número de 1 a 65535."),
        ("connections", "Entre 1 y 50 conexiones."),
    ],
)
def test_an_empty_number_is_refused_by_the_one_check(
    staff: dict[str, Any], signed_in: SignIn, field: str, sentence: str
) -> None:
    answer = signed_in("administrator").post("/senders/new/", entries(**{field: ""}))
    assert answer.context["form"].errors == {field: [sentence]}
    assert not Sender.objects.exists()


def test_s14_nobody_but_an_administrator_tries_a_server(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    sender = cast.sender()
    for role in ("reader", "operator"):
        client = signed_in(role)
        assert client.get("/senders/").status_code == 200
        for path in ("/senders/check/", "/senders/new/", f"/senders/{sender.pk}/"):
            assert client.post(path, entries()).status_code == 403
        assert client.post(f"/senders/{sender.pk}/test/", {"to": "a@b.test"}).status_code == 403


def test_the_connection_is_tested_with_what_stands_in_the_form(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("administrator")
    server = InboxServer(store=lambda *_args, **_kwargs: None)
    port = server.start(0)
    here = {"host": "127.0.0.1", "security": "plain", "username": "", "port": str(port)}
    try:
        works = client.post("/senders/check/", entries(**here))
    finally:
        server.stop()
    assert works.context["tone"] == "ok"
    refused = client.post("/senders/check/", entries(**here))
    assert refused.context["tone"] == "bad"
    assert "Traceback" not in refused.content.decode()
    assert not Sender.objects.exists()


def test_a_test_message_goes_through_the_ledger(staff: dict[str, Any], signed_in: SignIn) -> None:
    sender, client = cast.sender(), signed_in("administrator")
    client.post(f"/senders/{sender.pk}/test/", {"to": "ana@estacion.example"})
    message = Message.objects.get()
    assert message.address == "ana@estacion.example"
    assert message.dispatch.trigger == f"test:{sender.pk}"
    wrong = client.post(f"/senders/{sender.pk}/test/", {"to": "no es"}, follow=True)
    assert "error" in [m.level_tag for m in wrong.context["messages"]]
    assert Message.objects.count() == 1


def test_a_paused_sender_says_why_and_goes_on_by_a_click(
    staff: dict[str, Any], signed_in: SignIn, now: datetime
) -> None:
    sender, client = cast.sender(), signed_in("administrator")
    reason = "The server refused the password."
    Sender.objects.update(paused_reason=reason, paused_until=now, failure_count=3)
    assert reason in client.get("/senders/").content.decode()
    assert reason in client.get(f"/senders/{sender.pk}/").content.decode()
    client.post(f"/senders/{sender.pk}/resume/")
    sender.refresh_from_db()
    assert (sender.paused_reason, sender.paused_until, sender.failure_count) == ("", None, 0)


def test_there_is_one_default_and_a_used_sender_stays(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    first, client = cast.sender(), signed_in("administrator")
    client.post("/senders/new/", entries(is_default="on"))
    second = Sender.objects.get(name="Compras")
    assert list(Sender.objects.filter(is_default=True)) == [second]
    client.post(f"/senders/{first.pk}/test/", {"to": "a@b.example"})
    answer = client.post(f"/senders/{first.pk}/delete/", follow=True)
    assert "error" in [m.level_tag for m in answer.context["messages"]]
    client.post(f"/senders/{second.pk}/delete/")
    assert list(Sender.objects.all()) == [first]


def test_who_may_use_a_sender_sees_it_in_a_rule(staff: dict[str, Any], signed_in: SignIn) -> None:
    open_to_all, mine = (
        cast.sender(),
        Sender.objects.create(
            name="Gerencia", from_address="g@estacion.example", host="mail.estacion.test"
        ),
    )
    mine.users.add(staff["administrator"])
    offered = (
        signed_in("operator").get("/rules/new/").context["form"].fields["email_sender"].queryset
    )
    assert list(offered) == [open_to_all]


def gateway(**changed: Any) -> dict[str, Any]:
    return {
        "kind": "http",
        "name": "Proveedor local",
        "from_address": "Estacion",
        "password": SECRET,
        "option_url": "https://sms.example.com/send",
        "option_method": "POST",
        "option_format": "json",
        "option_body": '{"a": "{{ to }}", "b": "{{ text }}"}',
        "option_success_status": "200-299",
        "price": "95.5",
        "monthly_budget": "500000",
        "connections": "2",
        "is_active": "on",
    } | changed


def test_a_new_sender_begins_with_its_kind(staff: dict[str, Any], signed_in: SignIn) -> None:
    client = signed_in("administrator")
    page = client.get("/senders/new/").content.decode()
    assert page.count('href="?kind=') == 7
    for kind in ("smtp", "smpp", "kannel", "twilio", "http", "gammu", "whatsapp"):
        form = client.get(f"/senders/new/?kind={kind}").context["form"]
        assert ("host" in form.fields) is (kind in {"smtp", "smpp"})
        assert ("price" in form.fields) is (kind != "smtp")
        names = [field.name for part in form.parts for field in part.fields]
        shown = {*names, *(field.name for field in form.limits)}
        assert shown == set(form.fields) - {"users", "is_default", "is_active"}


def test_a_gateway_is_attached_without_code(staff: dict[str, Any], signed_in: SignIn) -> None:
    client = signed_in("administrator")
    mail = cast.sender()
    answer = client.post("/senders/new/", gateway())
    sender = Sender.objects.get(kind="http")
    assert answer.headers["Location"] == f"/senders/{sender.pk}/"
    assert (sender.channel, sender.password, sender.price) == ("sms", SECRET, Decimal("95.5"))
    assert sender.is_default
    mail.refresh_from_db()
    assert mail.is_default  # of its own channel
    page = client.get(f"/senders/{sender.pk}/").content.decode()
    assert f"/hooks/{sender.hook_token}/" in page
    assert SECRET not in page
    client.post(f"/senders/{sender.pk}/", gateway(password="", option_id_path="id"))
    sender.refresh_from_db()
    assert (sender.options["id_path"], sender.password) == ("id", SECRET)
    for entry in AuditEntry.objects.all():
        assert SECRET not in str(entry.changes)
        assert sender.hook_token not in str(entry.changes)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"option_url": "http://10.0.0.1/"}, "option_url"),
        ({"option_body": "{{ nada }}"}, "option_body"),
        ({"option_success_if": "("}, "option_success_if"),
        ({"price": "-1"}, "price"),
    ],
)
def test_what_is_wrong_with_a_gateway_stands_beside_it(
    staff: dict[str, Any], signed_in: SignIn, changed: dict[str, str], field: str
) -> None:
    client = signed_in("administrator")
    answer = client.post("/senders/new/", gateway(**changed))
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert client.post("/senders/check/", gateway(**changed)).context["form"].errors[field]
    assert not Sender.objects.exists()


def test_the_gateway_is_tried_without_sending(staff: dict[str, Any], signed_in: SignIn) -> None:
    client = signed_in("administrator")
    with HttpSink(Says(400, "Missing receiver number")) as sink:
        kannel = {"kind": "kannel", "name": "K", "username": "u", "password": SECRET}
        kannel |= {"option_url": f"{sink.url}/cgi-bin/sendsms", "connections": "1"}
        works = client.post("/senders/check/", kannel)
    assert works.context["tone"] == "ok"
    assert client.post("/senders/check/", kannel).context["tone"] == "bad"
    assert not Sender.objects.exists()


def test_a_test_sms_shows_what_became_of_it(staff: dict[str, Any], signed_in: SignIn) -> None:
    client = signed_in("administrator")
    client.post("/senders/new/", gateway())
    sender = Sender.objects.get()
    client.post(f"/senders/{sender.pk}/test/", {"to": "0981 123 456"})
    message = Message.objects.get()
    assert (message.address, message.dispatch.trigger) == ("+595981123456", f"test:{sender.pk}")
    assert client.get(f"/senders/{sender.pk}/tests/").context["is_open"]
    Message.objects.update(state="failed", detail="El número no existe.")
    shown = client.get(f"/senders/{sender.pk}/tests/")
    assert not shown.context["is_open"]
    assert "El número no existe." in shown.content.decode()
    wrong = client.post(f"/senders/{sender.pk}/test/", {"to": "021 555 010"}, follow=True)
    assert "error" in [m.level_tag for m in wrong.context["messages"]]
    assert Message.objects.count() == 1
