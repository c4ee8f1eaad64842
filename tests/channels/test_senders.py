"""Senders: what can be saved, who may use them, switched off and on."""

from typing import Any

import pytest

from emailketing.accounts.models import User
from emailketing.channels import senders
from emailketing.channels.models import Sender
from emailketing.channels.senders import SenderInvalid, pause, resume, usable_by
from emailketing.common.email_address import EmailInvalid, email
from tests.outbox.cast import NOON

pytestmark = pytest.mark.django_db
SECRET = "una clave"  # noqa: S105 - of a test
ENDED = {"paused_until": None, "failure_count": 0, "paused_reason": ""}  # an automatic rest


def save_sender(sender: Sender, **entered: Any) -> Sender:
    return senders.save_sender(sender, by="ana", now=NOON, **entered)


def new(**values: Any) -> Sender:
    defaults = {"name": "ventas", "from_address": "ventas@estacion.test", "host": "mail.test"}
    return Sender(**(defaults | values))


def test_s22_the_password_is_encrypted_and_kept_when_none_is_given() -> None:
    sender = save_sender(new(username="ventas"), password=SECRET)
    assert SECRET not in sender.password_encrypted
    assert sender.password == SECRET
    sender.name = "otro nombre"
    assert save_sender(sender).password == SECRET
    assert save_sender(new(name="dos"), password="").password == ""


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"from_name": "a\r\nBcc: x"}, "from_name"),
        ({"host": ""}, "host"),
        ({"host": "a\r\nb"}, "host"),
        ({"from_address": "ventas"}, "from_address"),
        ({"from_address": "a@b.test\r\nBcc: x@y.test"}, "from_address"),
        ({"reply_to": "x"}, "reply_to"),
        ({"security": "ssl"}, "security"),
        ({"security": "plain"}, "security"),
        ({"port": 0}, "port"),
        ({"port": 70_000}, "port"),
        ({"port": 5432}, "port"),
        ({"daily_limit": 0}, "daily_limit"),
        ({"connections": 0}, "connections"),
        ({"username": "ventas"}, "password"),
    ],
)
def test_what_cannot_work_is_refused_with_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(SenderInvalid) as refusal:
        save_sender(new(**values))
    assert refusal.value.field == field
    assert not Sender.objects.exists()


@pytest.mark.parametrize("change", [{"host": "evil.test"}, {"port": 465}, {"username": "otro"}])
def test_s22_a_kept_password_goes_to_no_other_server(change: dict[str, Any]) -> None:
    sender = save_sender(new(username="ventas"), password=SECRET)
    for name, value in change.items():
        setattr(sender, name, value)
    with pytest.raises(SenderInvalid) as refusal:
        save_sender(sender)
    assert refusal.value.field == "password"
    assert save_sender(sender, password=SECRET + "2").password == SECRET + "2"


def test_s22_without_a_user_no_password_is_kept() -> None:
    sender = save_sender(new(username="ventas"), password=SECRET)
    sender.username = ""
    assert save_sender(sender).password_encrypted == ""


def test_a_name_is_used_once() -> None:
    save_sender(new())
    with pytest.raises(SenderInvalid) as refusal:
        save_sender(new())
    assert refusal.value.field == "name"


def test_s24_plain_is_for_this_computer() -> None:
    assert save_sender(new(security="plain", host="127.0.0.1")).pk


def test_the_first_is_the_default_and_there_is_one_default() -> None:
    first = save_sender(new())
    second = save_sender(new(name="dos", is_default=True))
    first.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)


@pytest.mark.parametrize(
    ("change", "rests"),
    [({"host": "otro.test"}, False), ({"daily_limit": 9}, True), ({"from_name": "Otra"}, True)],
)
def test_r14_a_resting_sender_tries_at_once_only_when_its_connection_was_changed(
    change: dict[str, Any], *, rests: bool
) -> None:
    sender = save_sender(new())
    rest = {"paused_until": NOON, "failure_count": 7, "paused_reason": "no"}
    Sender.objects.update(**rest)  # meanwhile, by the engine
    for name, value in change.items():
        setattr(sender, name, value)
    save_sender(sender)
    found = Sender.objects.values(*rest).get()
    assert found == (rest if rests else ENDED)


def test_off_and_on() -> None:
    sender = save_sender(new())
    pause(sender, by="ana", now=NOON, reason="mudanza")
    assert not Sender.objects.get().is_active
    resume(sender, by="ana", now=NOON)
    assert Sender.objects.get().is_active


def test_who_may_use_it() -> None:
    rosa, juan = (User.objects.create_user(name) for name in ("rosa", "juan"))
    boss = User.objects.create_superuser("boss")
    free, closed = save_sender(new()), save_sender(new(name="dos"))
    off = save_sender(new(name="tres"))
    pause(off, by="ana", now=NOON)
    closed.users.add(rosa)
    assert set(usable_by(rosa)) == {free, closed}
    assert set(usable_by(juan)) == {free}
    assert set(usable_by(boss)) == {free, closed}
    assert set(usable_by(juan, also=off.pk)) == {free, off}


@pytest.mark.parametrize(
    "address", ["", "a", "a@b", "a@b@c.test", "a b@c.test", "a@b.test,c@d.test"]
)
def test_s3_what_is_no_address(address: str) -> None:
    with pytest.raises(EmailInvalid):
        email(address)
