"""Senders of every kind: the one check says what is wrong and where (S14, S22, S24)."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from pytest_django import Settings

from emailketing.channels import senders
from emailketing.channels.base import Envelope, PhoneText, ReplyKind
from emailketing.channels.catalogue import kind_of, kinds
from emailketing.channels.http.answer import HttpAnswer
from emailketing.channels.models import Sender
from emailketing.channels.registry import adapter
from emailketing.channels.senders import SenderInvalid, begun
from emailketing.channels.sms.http import AnyGateway
from tests.architecture.places import DOCS
from tests.outbox import cast

pytestmark = pytest.mark.django_db
SECRET = "una clave"  # noqa: S105 - of a test
GOOD: dict[str, dict[str, Any]] = {
    "smtp": {"from_address": "a@b.test", "host": "mail.test"},
    "smpp": {"from_address": "Estacion", "host": "smsc.test", "username": "u"},
    "kannel": {"username": "u"},
    "twilio": {"username": "AC1", "from_address": "+595981000000"},
    "http": {"option_url": "https://sms.example.com/send"},
    "gammu": {},
    "whatsapp": {"option_phone_number_id": "555"},
}


def save_sender(sender: Sender, **entered: Any) -> Sender:
    return senders.save_sender(sender, by="ana", now=cast.NOON, **entered)


def made(kind: str, **values: Any) -> Sender:
    sender = begun(kind)
    sender.name = kind
    for name, value in (GOOD[kind] | values).items():
        if name.startswith("option_"):
            sender.options[name.removeprefix("option_")] = value
        else:
            setattr(sender, name, value)
    return sender


def saved(kind: str, **values: Any) -> Sender:
    about = kind_of(kind)
    secret = SECRET if about.password and kind != "smtp" else None
    return save_sender(made(kind, **values), password=secret)


@pytest.mark.parametrize("address", ["señor@estacion.test", "peña@itaguá.test", "joão@loja.test"])
def test_a_from_that_many_servers_refuse_is_refused_when_it_is_saved(address: str) -> None:
    with pytest.raises(SenderInvalid) as refused:
        saved("smtp", from_address=address)
    assert refused.value.field == "from_address"
    assert address in str(refused.value)
    # the domain has a form of ASCII, and answers go elsewhere where a server cannot
    assert saved("smtp", from_address="ventas@itaguá.test", reply_to=address).pk


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_kind_can_be_saved_with_what_it_asks_for(kind: str) -> None:
    sender = saved(kind)
    assert sender.channel == {"smtp": "email", "whatsapp": "whatsapp"}.get(kind, "sms")
    assert adapter(kind).account_of(sender)
    assert SECRET not in str(sender.options)
    assert bool(sender.hook_token) is (kind in {"kannel", "twilio", "http", "whatsapp"})
    assert len(sender.hook_token) in (0, 32)
    before = sender.hook_token
    assert save_sender(sender).hook_token == before
    assert sender.where


def test_the_default_is_one_for_each_channel() -> None:
    mail, phone = saved("smtp"), saved("kannel")
    second = saved("twilio", is_default=True)
    mail.refresh_from_db()
    phone.refresh_from_db()
    assert (mail.is_default, phone.is_default, second.is_default) == (True, False, True)


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("smpp", {"host": ""}, "host"),
        ("smpp", {"username": ""}, "username"),
        ("smpp", {"from_address": "Estación"}, "from_address"),
        ("smpp", {"from_address": "x" * 12}, "from_address"),
        ("smpp", {"security": "plain"}, "security"),
        ("smpp", {"security": "starttls"}, "security"),
        ("smpp", {"port": 22}, "port"),
        ("smpp", {"option_window": "mucho"}, "option_window"),
        ("smpp", {"option_id_base": "octal"}, "option_id_base"),
        ("smpp", {"option_nada": "1"}, "option_nada"),
        ("kannel", {"option_url": "http://10.0.0.9/cgi-bin/sendsms"}, "option_url"),
        ("kannel", {"option_url": ""}, "option_url"),
        ("kannel", {"username": ""}, "username"),
        ("kannel", {"option_priority": "7"}, "option_priority"),
        ("kannel", {"option_smsc": "a\nb"}, "option_smsc"),
        ("twilio", {"from_address": ""}, "from_address"),
        ("twilio", {"option_url": "http://api.twilio.com"}, "option_url"),
        ("gammu", {"option_folder": "spool"}, "option_folder"),
        ("whatsapp", {"option_phone_number_id": "+595981"}, "option_phone_number_id"),
        ("whatsapp", {"price": -1}, "price"),
        ("whatsapp", {"price": Decimal("0.00001")}, "price"),
        ("whatsapp", {"monthly_budget": Decimal("999999999999.999")}, "monthly_budget"),
        ("twilio", {"per_second": 0}, "per_second"),
        ("http", {"option_url": "https://a.example/x?apikey=123"}, "option_url"),
        ("http", {"option_headers": "Authorization: Bearer abc123"}, "option_headers"),
        ("http", {"option_headers": "no separator"}, "option_headers"),
        ("http", {"option_body": "{"}, "option_body"),
        ("http", {"option_body": '{"a": "{{ nada }}"}'}, "option_body"),
        ("http", {"option_method": "DELETE"}, "option_method"),
        ("http", {"option_method": "GET"}, "option_format"),
        ("http", {"option_success_if": "("}, "option_success_if"),
        ("http", {"option_success_status": "ok"}, "option_success_status"),
        ("http", {"option_success_value": "ok"}, "option_success_path"),
        ("http", {"option_receipt_id": "id"}, "option_receipt_status"),
        (
            "http",
            {"option_receipt_id": "id", "option_receipt_status": "s"},
            "option_receipt_delivered",
        ),
        ("http", {"option_signature": "secret"}, "option_signature_header"),
        ("http", {"option_body": '{"a": "{{ text }}"}'}, "option_body"),
        ("http", {"option_body": '{"a": "{{ to }}"}'}, "option_body"),
        ("http", {"option_body": '{"to": "595", "text": "hola"}'}, "option_body"),
        ("http", {"option_headers": "Host: other.example"}, "option_headers"),
        ("http", {"option_headers": "content-length: 3"}, "option_headers"),
        ("http", {"option_success_if": "^(a+)+$"}, "option_success_if"),
        ("http", {"option_success_if": "(a+(b))*c"}, "option_success_if"),
        ("http", {"option_later_if": "(x|y)*z"}, "option_later_if"),
        ("http", {"option_id_if": ".*.*.*.*="}, "option_id_if"),
        ("smpp", {"option_window": "999999"}, "option_window"),
        ("smpp", {"option_window": "0"}, "option_window"),
        ("smpp", {"option_data_coding": "256"}, "option_data_coding"),
        ("smpp", {"from_address": "0001 2"}, "from_address"),
        ("kannel", {"from_address": "+595 12"}, "from_address"),
        ("whatsapp", {"option_language_es": "klingon!!"}, "option_language_es"),
        (
            "http",
            {"option_signature": "secret", "option_signature_header": "X-Key"},
            "hook_secret",
        ),
    ],
)
def test_what_cannot_work_is_refused_where_it_stands(
    kind: str, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(SenderInvalid) as found:
        saved(kind, **values)
    assert found.value.field == field
    assert str(found.value)
    assert not Sender.objects.exists()


@pytest.mark.parametrize("kind", ["smpp", "kannel", "twilio", "whatsapp"])
def test_a_password_is_asked_for(kind: str) -> None:
    with pytest.raises(SenderInvalid) as found:
        save_sender(made(kind))
    assert found.value.field == "password"


@pytest.mark.parametrize("kind", ["http", "whatsapp", "twilio"])
def test_s22_a_kept_password_goes_to_no_other_server(kind: str) -> None:
    sender = saved(kind)
    sender.options["url"] = "https://elsewhere.example/send"
    with pytest.raises(SenderInvalid) as found:
        save_sender(sender)
    assert found.value.field == "password"
    assert save_sender(sender, password=SECRET).password == SECRET


def test_s24_a_vpn_that_the_administrator_names(settings: Settings) -> None:
    settings.GATEWAY_HOSTS = ["10.8.0.0/24"]
    assert saved("smpp", host="10.8.0.7", port=15019, security="plain").pk
    assert saved("kannel", option_url="http://10.8.0.9:13013/cgi-bin/sendsms").pk


def test_a_signed_receipt_keeps_its_secret_encrypted() -> None:
    values = {"option_signature": "secret", "option_signature_header": "X-Key"}
    sender = save_sender(made("http", **values), hook_secret=SECRET)
    assert SECRET not in sender.hook_secret_encrypted
    assert save_sender(sender).hook_secret == SECRET


def test_an_option_of_words_is_read_as_what_it_is() -> None:
    sender = saved("smpp", option_window="25", option_plain="on", option_system_type=" VMS ")
    assert sender.options["window"] == 25
    assert sender.options["plain"] is True
    assert sender.options["system_type"] == "VMS"
    assert "data_coding" not in sender.options or sender.options["data_coding"] == 0


def test_an_unknown_kind() -> None:
    sender = cast.phone_sender(kind="paloma")
    with pytest.raises(SenderInvalid) as found:
        save_sender(sender)
    assert found.value.field == "kind"


def test_every_option_of_a_described_gateway_is_documented() -> None:
    page = (DOCS / "reference" / "gateways.md").read_text()
    known = {option.name for option in kinds()["http"].options}
    documented = set(re.findall(r"`([a-z_]+)`", page))
    assert known - documented == set()
    rows = re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|", page, re.MULTILINE)
    listed = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}
    assert listed - known == set()


def test_the_example_of_the_guide_works() -> None:
    sender = saved(
        "http",
        option_url="https://sms.proveedor.example/enviar",
        option_method="GET",
        option_format="form",
        option_body="clave = {{ password }}\ndestino = {{ national }}\nmensaje = {{ text }}",
        option_success_if="^OK",
        option_id_if=r"OK (\w+)",
        option_account_if="sin saldo",
    )
    account = adapter("http").account_of(sender)
    gateway = AnyGateway(account)
    letter = Envelope("", "+595981123456", b"", "7", PhoneText("Hola & chau"))
    asked = gateway.ask(letter)
    assert asked.url.endswith("/enviar?clave=una+clave&destino=0981123456&mensaje=Hola+%26+chau")
    assert gateway.told(HttpAnswer(200, {}, b"OK 12345"), letter).reference == "12345"
    poor = gateway.told(HttpAnswer(200, {}, b"ERROR sin saldo"), letter)
    assert poor.reply.kind is ReplyKind.ACCOUNT
    assert (
        gateway.told(HttpAnswer(200, {}, b"ERROR numero"), letter).reply.kind is ReplyKind.REFUSED
    )


@pytest.mark.parametrize("written", ["0981 123 456", "+595 981 123456", "+595981123456"])
@pytest.mark.parametrize("kind", ["smpp", "kannel", "http", "whatsapp"])
def test_our_number_is_kept_as_every_country_writes_it(kind: str, written: str) -> None:
    assert saved(kind, from_address=written).from_address == "+595981123456"


@pytest.mark.parametrize("written", ["1234", "Estacion", "595981123456", ""])
def test_a_short_code_or_a_name_stays_as_it_is(written: str) -> None:
    assert saved("smpp", from_address=written).from_address == written


@pytest.mark.parametrize("found", ["^OK", "OK (\\w+)", "id=(\\d+), (queued|sent)", "[+*]+ (a)+"])
def test_an_ordinary_pattern_is_taken(found: str) -> None:
    assert saved("http", option_success_if=found).pk


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(SenderInvalid) as found:
        saved("smpp", host="", username="", option_window="0", from_address="Estación")
    fields = {one.field for one in found.value.all}
    assert {"host", "username", "option_window", "from_address"} <= fields
    assert all(str(one) in str(found.value) for one in found.value.all)


@pytest.mark.parametrize("body", ['{"a": "{{ nope }}"}', '{"to": {{ to }}', "{% if %}"])
def test_what_is_wrong_with_a_request_is_said_in_the_readers_language(body: str) -> None:
    with translation.override("es"), pytest.raises(SenderInvalid) as found:
        saved("http", option_body=body)
    said = str(found.value)
    assert not any(word in said for word in ("undefined", "Expecting", "syntax error", "property"))
    assert said.startswith(("No hay ", "El contenido no es JSON", "Esto no se puede"))
