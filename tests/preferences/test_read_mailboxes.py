"""What people ask for by mail, out of a real mailbox: once, and nothing of others is touched."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import translation

from emailketing.channels.email.mailbox import UNREAD_FOR, reads_mailbox, why_not_read
from emailketing.channels.email.reading.batch import Batch
from emailketing.channels.email.reading.head import read_head
from emailketing.channels.email.reading.mails import mails
from emailketing.channels.mailboxes import forget_mailbox, save_mailbox, try_mailbox
from emailketing.channels.models import Mailbox, MailTaken, Sender
from emailketing.contacts.models import Suppression
from emailketing.links.models import SignedLink
from emailketing.links.out import VALID, out_links
from emailketing.links.signed import LinkReader, token_of
from emailketing.preferences.read_mailboxes import has_mailboxes, read_due, take_batch
from tests.channels.conftest import server_context
from tests.channels.dovecot_lab import FOLDERS, PASSWORD, USER, Dovecot, dovecot, is_installed
from tests.outbox import cast

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not is_installed(),
        reason="needs Dovecot: tools/lab.py start, as root, installs it"
        " (apt-get install dovecot-imapd dovecot-pop3d)",
    ),
]
ANA = "ana@cliente.test"
NOON, LATER = cast.NOON, timedelta(minutes=2)
EVERY_WAY = [
    (protocol, security)
    for protocol in ("imap", "pop3")
    for security in ("tls", "starttls", "plain")
]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificate")
    server_context(folder)
    return folder


@pytest.fixture
def server(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dovecot]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "certificate.pem"))
    with dovecot(certificate) as running, translation.override("en"):
        yield running


def mailbox(
    server: Dovecot, protocol: str = "imap", security: str = "tls", **own: object
) -> Mailbox:
    sender = Sender.objects.first() or cast.sender(9)
    values = {"host": "localhost", "username": USER, "protocol": protocol, "security": security}
    port = server.port(protocol, security)
    made = Mailbox(sender=sender, port=port, **(values | own))
    return save_mailbox(made, by="ana", now=NOON, password=PASSWORD)


def token(address: str = ANA, now: datetime = NOON) -> str:
    link = out_links("greeting", [LinkReader("email", address)], now=now)["email", address]
    return token_of(link)


def mail(subject: str = "Consulta", **headers: str) -> bytes:
    head = {"From": "Ana <ana@cliente.test>", "Date": "Mon, 30 Nov 2026 12:00:00 -0300"}
    head |= {"Message-ID": f"<{hash((subject, *headers.values()))}@cliente.test>"}
    head |= {"Subject": subject} | {name.replace("_", "-"): text for name, text in headers.items()}
    lines = "".join(f"{name}: {text}\n" for name, text in head.items())
    return f"{lines}\nHola.\n".encode("utf-8", "surrogateescape")


def ended() -> list[tuple[str, str, str]]:
    return list(Suppression.objects.values_list("value", "mail_class", "via"))


def results(of: Mailbox) -> list[str]:
    return sorted(of.taken.values_list("result", flat=True))


@pytest.mark.parametrize(("protocol", "security"), EVERY_WAY)
def test_what_a_mail_asks_to_end_is_ended_once_and_the_rest_left_alone(
    server: Dovecot, protocol: str, security: str
) -> None:
    box = mailbox(server, protocol, security)
    server.deliver(mail("Consulta por precios"), "1.a")
    server.deliver(mail(f"u-{token()}"), "2.b")
    assert read_due(NOON) == 2
    assert ended() == [(ANA, "greeting", "mailto")]
    assert not server.is_read()
    assert len(server.names()) == 2
    Suppression.objects.all().delete()
    for minutes in (2, 4):
        server.deliver(mail(f"Otra {minutes}"), f"3.{minutes}")
        assert read_due(NOON + timedelta(minutes=minutes)) == 1
    box.refresh_from_db()
    assert (box.left_alone, results(box), ended()) == (3, ["ended"], [])
    assert (box.read_at, box.failures, box.problem) == (NOON + timedelta(minutes=4), 0, "")


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_r26_no_mail_keeps_the_next_one_from_being_read(server: Dovecot, protocol: str) -> None:
    box = mailbox(server, protocol, "plain")
    hostile = [
        b"\xff\xfe\x00\x01" * 5_000 + b"\n\n" + b"\x80" * 1_000,
        b"Subject: =?utf-8?b?////?= =?nix?q?=ff?=\nFrom: <<<@@\xff>\nContent-Type: ;;;=\n\nx",
        b"Subject: " + b"u-" * 30_000 + b"\n\n",
        b"".join(b"X-%d: endless\n" % number for number in range(100_000)) + b"\n",
        b"",
        b"\n\n\n",
        b"Subject: =?utf-8?q?" + b"=F0" * 3_000 + b"?=\nSubject: two\n\n",
        mail("grande") + b"x" * 76 * 10_000 + b"\n" * 1_000_000,
        b"Content-Type: multipart/mixed; boundary=" + b"a" * 9_000 + b"\n\n--a\n--a\n",
    ]
    for number, content in enumerate(hostile):
        server.deliver(content, f"{number}.x")
    server.deliver(mail(f"=?utf-8?q?Re=3A_u-{token().replace('_', '=5F')}?="), "99.last")
    assert read_due(NOON) == len(hostile) + 1
    assert ended() == [(ANA, "greeting", "mailto")]
    box.refresh_from_db()
    assert box.problem == ""


def test_a_mail_of_fifty_megabytes_is_not_fetched(server: Dovecot) -> None:
    mailbox(server)
    server.deliver(mail("copia de seguridad") + b"a" * 75 * 700_000, "1.big")
    server.deliver(mail(f"u-{token()}"), "2.ours")
    assert read_due(NOON) == 2
    assert len(ended()) == 1


@pytest.mark.parametrize(
    ("headers", "result"),
    [
        ({"Auto_Submitted": "auto-replied"}, "automatic"),
        ({"Auto_Submitted": "auto-replied (vacation)"}, "automatic"),
        (
            {"Content_Type": "multipart/report; report-type=delivery-status; boundary=x"},
            "automatic",
        ),
        ({"Content_Type": "message/disposition-notification"}, "automatic"),
        ({"X_Failed_Recipients": ANA}, "automatic"),
        ({"Precedence": "auto_reply"}, "automatic"),
        ({"Return_Path": "<>"}, "automatic"),
        ({"Auto_Submitted": "auto-generated"}, "ended"),  # a provider's button, for a person
        ({"Auto_Submitted": "no"}, "ended"),
        ({"From": "Otro <otro@lejos.test>"}, "ended"),  # the token is believed, not the From
    ],
)
def test_a_program_that_sends_our_words_back_ends_nothing(
    server: Dovecot, headers: dict[str, str], result: str
) -> None:
    box = mailbox(server)
    server.deliver(mail(f"Re: u-{token()}", **headers), "1.a")
    read_due(NOON)
    assert results(box) == [result]
    assert len(ended()) == (result == "ended")


def test_s17_forged_cut_and_a_year_old_end_nothing_and_are_told(server: Dovecot) -> None:
    box, good = mailbox(server), token()
    other = "A" if good[-1] != "A" else "B"
    for number, subject in enumerate((f"u-{good[:-1]}{other}", "u-" + "A" * 20)):
        server.deliver(mail(subject), f"{number}.x")
    SignedLink.objects.update(expires_at=NOON)
    server.deliver(mail(f"u-{good}"), "5.x")
    read_due(NOON)
    assert (ended(), results(box)) == ([], ["refused"] * 3)
    assert timedelta(days=365) <= VALID
    assert set(box.taken.values_list("from_address", flat=True)) == {ANA}


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_who_was_killed_before_writing_reads_again_and_after_it_not(
    server: Dovecot, protocol: str
) -> None:
    box = mailbox(server, protocol, "plain")
    server.deliver(mail(f"u-{token()}"), "1.a")
    list(mails(box))  # read, and nothing written
    batches = list(mails(box))
    other = Mailbox.objects.get(pk=box.pk)
    for batch in batches:
        take_batch(box, batch, NOON)
    Suppression.objects.all().delete()  # he changed his mind by the page
    for batch in batches:  # and a second worker had read the same
        assert take_batch(other, batch, NOON) == 0
    assert read_due(NOON) == 0
    assert ended() == []


def test_a_folder_made_anew_is_read_again_and_nothing_done_twice(server: Dovecot) -> None:
    box = mailbox(server)
    server.deliver(mail(f"u-{token()}"), "1.a")
    read_due(NOON)
    Suppression.objects.all().delete()
    before = Mailbox.objects.get().validity
    server.make_anew()
    Mailbox.objects.update(validity=before - 1 if before else 7)  # what the server says is another
    assert read_due(NOON + LATER) == 1
    assert (ended(), results(box)) == ([], ["ended"])


def test_another_folder_with_letters_of_its_own(server: Dovecot) -> None:
    mailbox(server, folder=FOLDERS[0])
    server.deliver(mail(f"u-{token()}"), "1.a", "Bajas y &APE-and&APo-")
    assert read_due(NOON) == 1
    assert len(ended()) == 1


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_of_many_the_oldest_first_so_many_a_turn(server: Dovecot, protocol: str) -> None:
    mailbox(server, protocol, "plain")
    for number in range(530):
        server.deliver(mail(f"Consulta {number}"), f"{number:04}.x")
    server.deliver(mail(f"u-{token()}"), "9999.x")
    assert read_due(NOON) == 500
    assert ended() == []
    assert read_due(NOON + LATER) == 31
    assert len(ended()) == 1


def test_two_workers_take_one_turn(server: Dovecot) -> None:
    mailbox(server)
    server.deliver(mail(f"u-{token()}"), "1.a")
    assert read_due(NOON) == 1
    assert read_due(NOON) == 0
    assert Mailbox.objects.get().next_at == NOON + timedelta(seconds=60)


# --- what cannot be read


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_one_sentence_for_each_fault(server: Dovecot, protocol: str) -> None:
    box = mailbox(server, protocol, "tls")
    assert try_mailbox(box) == (True, "It works: 0 mails lie there.")
    box.password = "otra"  # noqa: S105 - of a test
    assert try_mailbox(box)[1] == f"The server localhost does not accept the password of {USER}."
    box.password = PASSWORD
    box.folder = "Nada"
    if protocol == "imap":
        assert try_mailbox(box)[1] == f"The mailbox of {USER} has no folder “Nada”."
    box.folder, box.host = "INBOX", "nadie.invalid"
    assert try_mailbox(box)[1] == "The server nadie.invalid is not known. Check its name."
    box.host = "127.0.0.1"
    assert "certificate of 127.0.0.1 cannot be trusted" in try_mailbox(box)[1]
    box.host, box.port = "localhost", server.port(protocol, "plain")
    assert "does not encrypt on port" in try_mailbox(box)[1]
    other = "pop3" if protocol == "imap" else "imap"
    box.port, box.security = server.port(other, "plain"), "plain"
    assert "does not speak " + protocol.upper() in try_mailbox(box)[1]
    box.port = 1
    assert "cannot be reached" in try_mailbox(box)[1]
    box.host = "mail.example.com"
    assert "Without encryption" in try_mailbox(box)[1]


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_starttls_or_nothing(certificate: Path, protocol: str) -> None:
    with dovecot(certificate, ssl="no") as server, translation.override("en"):
        box = mailbox(server, protocol, "plain")
        box.security = "starttls"
        assert "offers no STARTTLS" in try_mailbox(box)[1]


def test_a_mailbox_unread_for_hours_promises_nothing(server: Dovecot) -> None:
    box = mailbox(server)
    sender = box.sender
    assert not reads_mailbox(sender, NOON)
    assert "was not read yet" in why_not_read(sender, NOON)
    read_due(NOON)
    assert reads_mailbox(sender, NOON)
    assert why_not_read(sender, NOON) == ""
    Mailbox.objects.update(port=1)
    since = NOON + LATER
    assert read_due(since) == 0
    assert reads_mailbox(sender, since + UNREAD_FOR - LATER)
    late = since + UNREAD_FOR
    assert not reads_mailbox(sender, late)
    assert "cannot be read since" in why_not_read(sender, late)
    assert Mailbox.objects.get().next_at == since + timedelta(seconds=60)
    forget_mailbox(Mailbox.objects.get(), by="ana", now=late)
    assert not has_mailboxes()
    assert not MailTaken.objects.exists()


def test_a_head_of_rubbish_has_a_key_of_its_own() -> None:
    assert read_head(b"\xff\x00\n\n").key == read_head(b"\xff\x00\n\n").key
    assert Batch().heads == ()
