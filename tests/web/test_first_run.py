"""The first run: a link for nobody else, and every step up to the test message."""

from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
import time_machine
from django.test import Client

from emailketing.accounts.models import AuditEntry, User
from emailketing.channels.models import InboxMessage, Sender
from emailketing.company.models import Company
from emailketing.content.models import Brand, Template
from emailketing.outbox.models import Message
from emailketing.sources.attaching.add import add_source
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.pack import make_pack
from emailketing.web.console.first_run import first_run_path
from tests.web import cast
from tests.web.attached import attach, business_file

pytestmark = pytest.mark.django_db
ACCOUNT = {
    "username": "ana",
    "first_name": "Ana Ríos",
    "email": "ana@estacion.example",
    "language": "es",
    "password": "una-clave-larga",
    "again": "una-clave-larga",
}


def test_the_link_makes_the_administrator_once(client: Client) -> None:
    path = first_run_path()
    assert client.get(path).status_code == 200
    answer = client.post(path, ACCOUNT)
    assert answer.headers["Location"] == "/setup/company/"
    ana = User.objects.get()
    assert ana.is_superuser
    assert ana.check_password("una-clave-larga")
    assert list(ana.groups.values_list("name", flat=True)) == ["administrator"]
    assert AuditEntry.objects.get(action="created").username == "ana"
    assert first_run_path() == ""
    again = Client().post(path, ACCOUNT | {"username": "mallory"})
    assert again.headers["Location"].startswith("/login/")
    assert User.objects.count() == 1


@pytest.mark.parametrize("token", ["x", "a:b:c"])
def test_s17_a_wrong_token_opens_nothing(client: Client, token: str) -> None:
    assert client.post(f"/first-run/{token}/", ACCOUNT).status_code in {404, 410}
    assert not User.objects.exists()


def test_s17_one_character_changed_is_refused(client: Client) -> None:
    path = first_run_path()
    for place in (15, len(path) // 2, len(path) - 5):
        other = "A" if path[place] != "A" else "B"
        changed = path[:place] + other + path[place + 1 :]
        assert client.post(changed, ACCOUNT).status_code == 410
    assert not User.objects.exists()


def test_the_link_is_valid_for_one_day(client: Client, now: datetime) -> None:
    path = first_run_path()
    with time_machine.travel(now + timedelta(hours=25)):
        assert client.get(path).status_code == 410
    with time_machine.travel(now + timedelta(hours=23)):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("again", "otra"),
        ("password", "1234"),
        ("email", "no es"),
        ("username", ""),
        ("username", "dos palabras"),
    ],
)
def test_a_wrong_account_is_told_beside_the_field(client: Client, field: str, value: str) -> None:
    values = ACCOUNT | {field: value}
    if field == "password":
        values["again"] = value
    answer = client.post(first_run_path(), values)
    assert answer.context["form"].errors[field]
    assert not User.objects.exists()


NINE = {
    "purchase_order",
    "purchase_order_changed",
    "purchase_order_cancelled",
    "quotation",
    "payment_order",
    "collection",
    "cash_closing",
    "sales_closing",
    "fuelling",
    "unpaid_sale",
    "record_changed",
    "record_deleted",
}
SENDER = {
    "name": "Avisos",
    "from_name": "Estación",
    "from_address": "a@estacion.example",
    "host": "localhost",
    "port": 25,
    "security": "plain",
    "is_default": True,
}
COMPANY = {
    "name": "Estación Ñandutí S.A.",
    "country": "PY",
    "language": "es",
    "time_zone": "America/Asuncion",
    "currency": "PYG",
    "base_url": "http://servidor:8000/",
    "primary_colour": "#0a7d33",
    "accent_colour": "#f2a900",
}


def test_company_and_look_are_one_step(client: Client) -> None:
    client.post(first_run_path(), ACCOUNT)
    assert client.post("/setup/company/", COMPANY).headers["Location"] == "/setup/source/"
    brand = Brand.objects.get()
    assert (brand.name, brand.primary_colour) == ("Estación Ñandutí S.A.", "#0a7d33")
    assert brand.logo
    assert Template.objects.filter(slug="purchase-order").exists()
    assert Company.get().base_url == "http://servidor:8000/"
    wrong = client.post("/setup/company/", COMPANY | {"base_url": "javascript:x", "country": "XX"})
    assert set(wrong.context["form"].errors) == {"base_url", "country"}


def test_ready_made_rules_are_made_once(client: Client, now: datetime, tmp_path: Path) -> None:
    client.post(first_run_path(), ACCOUNT)
    client.post("/setup/company/", COMPANY)
    source = attach(business_file(tmp_path), now)
    Sender.objects.create(**SENDER)
    assert source.name in client.get("/setup/source/").content.decode()
    offered = client.get("/setup/rule/").context["suggestions"]
    ticked = [s.key for s in offered if s.is_ticked]
    assert ticked == [f"{source.pk}:purchase_order", f"{source.pk}:quotation"]
    client.post("/setup/rule/", {"rule": ticked})
    client.post("/setup/rule/", {"rule": ticked})  # pressed twice
    usages = [rule.recipients[0]["usage"] for rule in Rule.objects.order_by("process")]
    assert usages == ["pedidos", "ventas"]
    assert set(Rule.objects.values_list("is_active", flat=True)) == {True}
    make_pack(source, by="t", now=now)  # knows both: nobody gets an order twice
    assert Rule.objects.filter(process="purchase_order").count() == 1


def test_everything_the_system_can_tell_of_is_offered(
    client: Client, now: datetime, tmp_path: Path
) -> None:
    client.post(first_run_path(), ACCOUNT)
    client.post("/setup/company/", COMPANY)
    attach(business_file(tmp_path), now)
    Sender.objects.create(**SENDER)
    page = client.get("/setup/rule/")
    offered = page.context["suggestions"]
    assert {s.ready.process for s in offered} == NINE
    assert [s.problem for s in offered] == [""] * len(offered)
    html = unescape(page.content.decode())
    assert "función Gerencia (todavía nadie)" in html
    client.post("/setup/rule/", {"rule": [s.key for s in offered]})
    assert Rule.objects.filter(is_active=True).count() == len(offered)
    again = client.get("/setup/rule/").context["suggestions"]
    assert {s.is_made for s in again} == {True}


def test_what_a_system_lacks_is_said_and_cannot_be_ticked(
    client: Client, now: datetime, tmp_path: Path
) -> None:
    client.post(first_run_path(), ACCOUNT)
    client.post("/setup/company/", COMPANY)
    source = attach(business_file(tmp_path), now)
    Source.objects.update(paused_processes={"collection": "Falta la columna total."})
    assert "Falta la columna total." in client.get("/setup/rule/").content.decode()
    client.post("/setup/rule/", {"rule": [f"{source.pk}:collection"]})
    assert not Rule.objects.exists()


def test_the_test_message_is_awaited_and_shown(
    client: Client, now: datetime, tmp_path: Path
) -> None:
    client.post(first_run_path(), ACCOUNT)
    client.post("/setup/company/", COMPANY)
    source = attach(business_file(tmp_path), now)
    sender = {"from_name": "Estación", "from_address": "a@estacion.example", "how": "sandbox"}
    assert client.post("/setup/sender/", sender).headers["Location"] == "/setup/rule/"
    assert Sender.objects.get().is_default
    client.post("/setup/rule/", {"rule": [f"{source.pk}:purchase_order"]})
    page = client.post("/setup/test/").content.decode()
    message = Message.objects.get()
    assert f"/setup/test/{message.pk}/" in page
    assert message.address == "ana@estacion.example"
    assert message.dispatch.attachments.count() == 1
    waiting = client.get(f"/setup/test/{message.pk}/?tries=0").content.decode()
    assert "tries=1" in waiting
    cast.inbox("Orden", message.address, now, message_id=message.message_id)
    arrived = client.get(f"/setup/test/{message.pk}/?tries=1").content.decode()
    assert f"/inbox/{InboxMessage.objects.get().pk}/" in arrived
    assert 'sandbox=""' in arrived
    assert client.get("/setup/done/").context["is_complete"]


def test_everything_can_wait_and_be_taken_up_again(client: Client) -> None:
    client.post(first_run_path(), ACCOUNT)
    for step in ("company", "source", "sender", "rule", "test", "done"):
        assert client.get(f"/setup/{step}/").status_code == 200
    assert not Company.get().setup_at
    assert client.get("/setup/").headers["Location"] == "/setup/company/"
    assert 'href="/setup/"' in client.get("/").content.decode()
    Company.objects.update(setup_at="2026-11-24T12:00:00Z")
    assert client.get("/setup/").headers["Location"] == "/setup/source/"


def test_a_real_mail_server_is_checked_like_any_other(client: Client) -> None:
    client.post(first_run_path(), ACCOUNT)
    values = {
        "from_name": "Estación",
        "from_address": "a@estacion.example",
        "how": "server",
        "host": "smtp.example.com",
        "port": "22",
        "security": "plain",
    }
    answer = client.post("/setup/sender/", values)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"security", "port"}  # all at once
    client.post("/setup/sender/", values | {"port": "587", "security": "starttls"})
    assert Sender.objects.get().host == "smtp.example.com"


def test_without_rule_and_sender_the_test_step_says_what_to_do(client: Client) -> None:
    client.post(first_run_path(), ACCOUNT)
    answer = client.post("/setup/test/", follow=True)
    assert "error" in [m.level_tag for m in answer.context["messages"]]
    assert not Source.objects.exists()


def test_the_test_step_goes_by_mail_and_needs_an_address(client: Client) -> None:
    client.post(first_run_path(), ACCOUNT)
    phone = {"channel": "sms", "kind": "http", "from_address": "1234", "is_default": True}
    Sender.objects.create(name="SMS", **phone)
    mail = Sender.objects.create(**SENDER)
    client.post("/setup/test/")
    assert Message.objects.get().sender == mail
    User.objects.update(email="")
    answer = client.post("/setup/test/", follow=True)
    assert [m.level_tag for m in answer.context["messages"]] == ["error"]
    assert Message.objects.count() == 1


def test_only_administrators_set_things_up(client: Client) -> None:
    users = cast.users()
    client.force_login(users["operator"])
    for path in ("/setup/", "/setup/company/", "/setup/test/"):
        assert client.get(path).status_code == 403


def test_an_empty_installation_says_where_the_link_is(client: Client) -> None:
    page = ""
    for path in ("/", "/rules/", "/login/"):
        page = unescape(client.get(path, follow=True).content.decode())
        assert "/first-run/" in page
        assert "emailketing user first-link" in page
        assert 'name="password"' not in page
    link = first_run_path()
    assert link not in page, "whoever finds this page first must not become the administrator"
    client.post(link, ACCOUNT)
    assert 'name="password"' in Client().get("/login/").content.decode()


def test_the_wizard_of_the_source_comes_back_to_the_steps(
    client: Client, now: datetime, tmp_path: Path
) -> None:
    client.post(first_run_path(), ACCOUNT)
    client.post("/logout/")
    client.force_login(User.objects.get())  # another day, by the link on the dashboard
    client.get("/setup/source/")
    assert client.get("/sources/new/").context["back"][1] == "/setup/source/"
    source = Source(
        slug="estacion",
        name="Estación",
        connector="estacion",
        dialect="sqlite",
        database=str(business_file(tmp_path)),
    )
    add_source(source, by="test", now=now)
    later = client.get(f"/sources/{source.pk}/sql/").content.decode()
    assert 'href="/setup/source/"' in later
    answer = client.post(f"/sources/{source.pk}/install/")
    assert answer.headers["Location"] == "/setup/source/"
    client.get("/setup/done/")
    assert client.get("/sources/new/").context["back"][1] == "/sources/"


def test_the_front_page_lists_what_is_left_until_live(
    client: Client, now: datetime, tmp_path: Path
) -> None:
    client.post(first_run_path(), ACCOUNT)
    items = client.get("/").context["checklist"]
    assert [item.is_done for item in items] == [False] * 7
    assert [client.get(item.url).status_code for item in items] == [200] * 7
    client.post("/setup/company/", COMPANY)
    attach(business_file(tmp_path), now)
    Sender.objects.create(**SENDER)
    offered = client.get("/setup/rule/").context["suggestions"]
    client.post("/setup/rule/", {"rule": [s.key for s in offered if "caja" in s.title]})
    items = {item.title: item for item in client.get("/").context["checklist"]}
    assert items["Sistema de la empresa"].is_done
    duties = items["Quién tiene cada función"]
    assert not duties.is_done
    assert "Gerencia, Tesorería" in duties.text
    users = cast.users()
    reader = Client()
    reader.force_login(users["reader"])
    assert reader.get("/").context["checklist"] == []
    Company.objects.update(is_live=True)
    assert client.get("/").context["checklist"] == []
