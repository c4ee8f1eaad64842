"""The mailbox of a sender by page, command and file: one door, and the password never comes out."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from tools.demo_post import USER, PostOffice, post_office
from typer.testing import CliRunner, Result

from emailketing.accounts.models import AuditEntry, User
from emailketing.accounts.who import Who
from emailketing.channels.models import Mailbox, MailTaken, Sender
from emailketing.cli.app import app
from emailketing.company.models import Company
from emailketing.configuration.apply import apply
from emailketing.configuration.registry import export_configuration
from tests.outbox import cast as ledger

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.django_db
SECRET = "clave del buzón"  # noqa: S105 - of a test


@pytest.fixture(autouse=True)
def _in_english(staff: dict[str, Any]) -> None:
    Company.get()
    Company.objects.update(language="en")
    User.objects.update(language="en")


@pytest.fixture
def sender() -> Sender:
    return ledger.sender(9)


def entries(**changed: str) -> dict[str, str]:
    return {
        "protocol": "imap",
        "host": "imap.example.com",
        "port": "993",
        "security": "tls",
        "username": USER,
        "password": SECRET,
        "folder": "INBOX",
        "every": "60",
        "is_active": "on",
    } | changed


def of_the_post(post: PostOffice, **changed: str) -> dict[str, str]:
    local = {"protocol": "pop3", "host": "127.0.0.1", "port": str(post.port)}
    return entries(**local, security="plain", password=post.password, **changed)


def run(*words: str, code: int = 0) -> Result:
    with translation.override("en"):
        result = CliRunner().invoke(app, ["mailbox", *words])
    assert result.exit_code == code, result.output
    return result


def test_s22_it_is_set_up_shown_and_forgotten(signed_in: SignIn, sender: Sender) -> None:
    client, page = signed_in("administrator"), f"/senders/{sender.pk}/mailbox/"
    assert "Set up the mailbox" in client.get(f"/senders/{sender.pk}/").content.decode()
    client.post(page, entries())
    box = Mailbox.objects.get()
    assert box.password == SECRET
    shown = client.get(page).content.decode()
    assert "It was not read yet." in shown
    assert SECRET not in shown
    assert box.password_encrypted not in shown
    assert client.post(page, entries(password="", every="30")).status_code == 302
    refused = client.post(page, entries(password="", host="imap.otro.example"))
    assert "Enter the password again" in refused.content.decode()
    MailTaken.objects.create(
        mailbox=box, key="1", at=ledger.NOON, result="refused", from_address="ana@cliente.test"
    )
    assert "ana@cliente.test" in client.get(page).content.decode()
    client.post(f"{page}forget/")
    assert not Mailbox.objects.exists()
    actions = list(
        AuditEntry.objects.filter(changes__isnull=False).values_list("action", flat=True)
    )
    assert SECRET not in str(list(AuditEntry.objects.values_list("changes", flat=True)))
    assert actions


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"host": ""}, "This must not be empty."),
        ({"port": "25"}, "Mailboxes are read on port 110, 143, 993, 995; another one is refused."),
        ({"security": "plain", "port": "143"}, "Without encryption a mailbox is read on this"),
        ({"protocol": "smtp"}, "One of: imap, pop3."),
        ({"every": "1"}, "From 5 to 3600 seconds."),
        ({"username": "ana\nbo"}, "Only one line, please."),
        ({"password": ""}, "A user name needs its password."),
    ],
)
def test_s14_what_cannot_be_is_refused_in_one_sentence(
    signed_in: SignIn,
    sender: Sender,
    changed: dict[str, str],
    sentence: str,
) -> None:
    client = signed_in("administrator")
    answer = client.post(f"/senders/{sender.pk}/mailbox/", entries(**changed))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Mailbox.objects.exists()


def test_try_it_says_what_came_of_it_and_keeps_nothing(signed_in: SignIn, sender: Sender) -> None:
    client, page = signed_in("administrator"), f"/senders/{sender.pk}/mailbox/try/"
    with post_office() as post:
        post.deliver(b"Subject: hi\r\n\r\n")
        assert "1 mails lie there" in client.post(page, of_the_post(post)).content.decode()
        wrong = client.post(page, {**of_the_post(post), "password": "x"}).content.decode()
        assert f"does not accept the password of {USER}" in wrong
    assert not Mailbox.objects.exists()


@pytest.mark.parametrize("role", ["operator", "reader"])
def test_only_administrators_see_and_change_it(
    signed_in: SignIn, sender: Sender, role: str
) -> None:
    client = signed_in(role)
    for page in ("", "forget/"):
        assert client.get(f"/senders/{sender.pk}/mailbox/{page}").status_code == 403
    for page in ("", "try/", "forget/"):
        assert client.post(f"/senders/{sender.pk}/mailbox/{page}", entries()).status_code == 403


def test_by_command(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    with post_office() as post:
        monkeypatch.setitem(os.environ, "EMAILKETING_MAILBOX_PASSWORD", post.password)
        where = ("--host", "127.0.0.1", "--port", str(post.port), "--security", "plain")
        run("set", sender.name, "--protocol", "pop3", *where, "--username", USER, "--every", "5")
        assert "0 mails lie there" in run("try", sender.name).output
        assert USER in run("list").output
        run("set", sender.name, "--no-active")
        assert not Mailbox.objects.get().is_active
    assert "cannot be reached" in run("try", sender.name, code=1).output
    assert "left as it was" in run("show", sender.name).output
    refused = run("set", sender.name, "--host", "imap.example.com", code=1).output
    assert "password: Enter the password again" in refused
    run("forget", sender.name)
    assert "has no mailbox" in run("show", sender.name, code=1).output


def test_in_the_file_without_its_password(sender: Sender) -> None:
    by = Who("ana", came_from="command line")
    head = export_configuration()
    rows = '\n[[mailbox]]\nsender = "ventas"\nhost = "imap.example.com"\nusername = "ventas"\n'
    apply(head + rows, by=by, now=ledger.NOON)
    box = Mailbox.objects.get()
    assert (box.host, box.is_active, box.password_encrypted) == ("imap.example.com", False, "")
    assert "[[mailbox]]" in export_configuration()
    apply(export_configuration(), by=by, now=ledger.NOON)
    assert Mailbox.objects.get().last_uid == 0
