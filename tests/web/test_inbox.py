"""The built-in inbox: list, reading page, search, empty."""

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client

from emailketing.accounts.models import AuditEntry
from emailketing.channels.models import InboxMessage
from tests.web import cast

SignIn = Callable[[str], Client]


def caught(subject: str) -> InboxMessage:
    return InboxMessage.objects.get(subject__startswith=subject)


def test_reading_marks_as_read(story: dict[str, Any], signed_in: SignIn) -> None:
    client, mail = signed_in("reader"), caught("Orden de compra OC-0017")
    assert client.get("/inbox/").content.decode().count("ek-mail--new") == 1
    client.get(f"/inbox/{mail.pk}/")
    assert client.get("/inbox/").content.decode().count("ek-mail--new") == 0
    mail.refresh_from_db()
    assert mail.read_at is not None


@pytest.mark.parametrize(
    ("query", "count"), [("OC-0017", 1), ("guarani", 1), ("Ñandutí", 2), ("nothing like it", 0)]
)
def test_search_looks_at_subject_recipient_and_sender(
    query: str, count: int, story: dict[str, Any], signed_in: SignIn
) -> None:
    html = signed_in("reader").get("/inbox/", {"q": query}).content.decode()
    assert len(re.findall(r'class="ek-mail ', html)) == count


def test_a_mail_is_shown_as_text_headers_source_and_in_two_frames(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    mail = caught("Orden de compra OC-0017")
    html = signed_in("reader").get(f"/inbox/{mail.pk}/").content.decode()
    assert len(re.findall(r'<iframe sandbox="" srcdoc=', html)) == 2
    assert "Les enviamos la orden de compra." in html
    assert "Message-ID" in html
    assert "multipart/mixed" in html
    assert f"/inbox/{mail.pk}/files/1/" in html


def test_a_mail_leads_to_its_row_in_the_ledger(
    story: dict[str, Any], signed_in: SignIn, now: datetime
) -> None:
    message = story["messages"]["accepted"]
    mail = cast.inbox("Como salió", "a@b.test", now, message_id=message.message_id)
    client = signed_in("reader")
    assert f'href="/messages/{message.pk}/"' in client.get(f"/inbox/{mail.pk}/").content.decode()
    assert f'href="/inbox/{mail.pk}/"' in client.get(f"/messages/{message.pk}/").content.decode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no headers at all",
        b"Subject: =?x-unknown?Q?=FF?=\r\nContent-Type: text/html; charset=x-nobody\r\n\r\n\xff<b>",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Disposition: attachment;"
        b' filename="../../etc/passwd"\r\n\r\nhello\r\n--x--\r\n',
        b"Subject: " + b"a" * 5000 + b"\r\n\r\n" + b"b" * 300_000,
    ],
)
def test_whatever_arrives_can_be_looked_at(
    raw: bytes, staff: dict[str, Any], signed_in: SignIn, now: datetime
) -> None:
    mail = InboxMessage.objects.create(received_at=now, rcpt_to="a@b.test", raw=raw)
    client = signed_in("reader")
    assert client.get(f"/inbox/{mail.pk}/").status_code == 200
    assert client.get(f"/inbox/{mail.pk}/source/").content == raw


def test_s27_an_attachment_is_saved_under_a_plain_name_and_never_shown(
    staff: dict[str, Any], signed_in: SignIn, now: datetime
) -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n"
        b'Content-Disposition: attachment; filename="evil.html"\r\n\r\n<script>1</script>\r\n--x--'
    )
    mail = InboxMessage.objects.create(received_at=now, rcpt_to="a@b.test", raw=raw)
    answer = signed_in("reader").get(f"/inbox/{mail.pk}/files/1/")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_pictures_inside_a_mail_are_shown_and_others_are_not_fetched(
    staff: dict[str, Any], signed_in: SignIn, now: datetime
) -> None:
    raw = (
        b"Content-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n"
        b'<img src="cid:logo"><img src="https://tracker.test/p.png">\r\n--x\r\n'
        b"Content-Type: image/png\r\nContent-ID: <logo>\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--x--\r\n"
    )
    mail = InboxMessage.objects.create(received_at=now, rcpt_to="a@b.test", raw=raw)
    html = unescape(signed_in("reader").get(f"/inbox/{mail.pk}/").content.decode())
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in html
    assert "img-src data:;" in html


def test_emptying_asks_first_and_is_noted(story: dict[str, Any], signed_in: SignIn) -> None:
    client = signed_in("operator")
    client.get("/inbox/empty/")
    assert InboxMessage.objects.count() == 2
    client.post("/inbox/empty/")
    assert InboxMessage.objects.count() == 0
    assert AuditEntry.objects.latest("pk").changes == {"messages": [2, 0]}
