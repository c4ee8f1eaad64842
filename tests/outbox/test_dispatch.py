"""The one door: once per key, checked, frozen, all or nothing (R13, R25, R27)."""

import os
import resource
import signal
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from emailketing.channels.models import Sender
from emailketing.content.models import Revision
from emailketing.content.store import StoreFull, StoreMissing
from emailketing.outbox.models import Attachment, Dispatch, Message, State
from emailketing.outbox.queueing.dispatch import (
    File,
    KeyReused,
    MailClass,
    Recipient,
    clean_file_name,
)
from emailketing.outbox.queueing.preview import preview
from tests.outbox import cast

pytestmark = pytest.mark.django_db
ANA = "ana@cliente.test"


@pytest.fixture(autouse=True)
def attachments(tmp_path: Path, settings: Any) -> Path:
    settings.ATTACHMENTS = tmp_path / "attachments"
    return tmp_path / "attachments"


def pdf(content: bytes = b"pdf", name: str = "Orden OC-0017.pdf") -> File:
    return File(file_name=name, mime_type="application/pdf", content=content)


def test_r27_the_same_key_is_the_same_decision() -> None:
    sender = cast.sender(9)
    people = (Recipient(address=ANA),)
    first = cast.queue_request(people, sender, key="k", now=cast.NOON)
    second = cast.queue_request(people, sender, key="k", now=cast.NOON)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.dispatch == second.dispatch
    assert Message.objects.count() == 1


def test_r27_the_same_key_for_something_else_is_an_error() -> None:
    sender = cast.sender(9)
    cast.queue(ANA, sender, key="k")
    with pytest.raises(KeyReused):
        cast.queue("b@cliente.test", sender, key="k")


def test_r13_a_rollback_of_the_caller_leaves_no_row() -> None:
    sender = cast.sender(9)

    def caller() -> None:
        with transaction.atomic():
            cast.queue(ANA, sender)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        caller()
    assert not Dispatch.objects.exists()


def test_an_address_twice_is_one_message_and_a_wrong_one_is_named() -> None:
    people = tuple(
        Recipient(address=address)
        for address in (ANA, "ANA@CLIENTE.TEST", "ana", "x@y\r\nBcc: evil@evil.test", "a b@c.test")
    )
    done = cast.queue_request(people, cast.sender(9), key="k", now=cast.NOON)
    assert done.messages == 1
    assert [refusal.address for refusal in done.refused] == [p.address for p in people[2:]]
    assert all("\n" not in refusal.sentence for refusal in done.refused)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("José@Müller.de", "José@xn--mller-kva.de"),
        ("ventas@ñandutí.com.py", "ventas@xn--andut-3saw.com.py"),
        ("ana@oficina.local", "ana@oficina.local"),
        (" Ana@Cliente.test ", "Ana@cliente.test"),
    ],
)
def test_domains_become_a_labels(address: str, kept: str) -> None:
    assert cast.queue(address, cast.sender(9)).address == kept


@pytest.mark.parametrize(
    ("named", "kept"),
    [
        ("ventas@estacion.test", "ventas@estacion.test"),
        ("", "cobros@estacion.test"),
        ("Carolina", "cobros@estacion.test"),
        ("x@y.test\r\nBcc: evil@evil.test", "cobros@estacion.test"),
    ],
)
def test_an_answer_reaches_the_person_the_document_names(named: str, kept: str) -> None:
    sender = cast.sender(9, reply_to="cobros@estacion.test")
    data = {"note": "x", "company": {"name": "Itá"}, "document": {"reply_to": named}}
    assert cast.queue(ANA, sender, data=data).reply_to == kept


HOSTILE = "x\r\nBcc: evil@evil.test\r\n\r\n.\r\nMAIL FROM:<e@evil.test>\0"


def test_s1_line_ends_in_every_field_make_no_header() -> None:
    sender = cast.sender(9)
    people = (Recipient(address=ANA, name=HOSTILE, why=HOSTILE, fields={"x": HOSTILE}),)
    done = cast.queue_request(
        people,
        sender,
        key="k",
        now=cast.NOON,
        data={"note": HOSTILE, "company": {}},
        trigger_label=HOSTILE,
        document_label=HOSTILE,
        files=(pdf(name=HOSTILE),),
    )
    message = done.dispatch.messages.get()
    assert message.state == State.READY
    source = message_from_bytes(preview(message).source)
    assert source["Bcc"] is None
    assert source.get_all("To") is not None
    assert len(source.get_all("To", [])) == 1
    assert [key for key in source if key not in KNOWN] == []
    assert "\n" not in message.name + message.why + message.subject


KNOWN = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Feedback-ID",
    "MIME-Version",
    "Content-Type",
}


def test_the_headers_say_that_nobody_sits_at_the_other_end() -> None:
    message = cast.queue(ANA, cast.sender(9))
    source = message_from_bytes(preview(message).source)
    assert source["Auto-Submitted"] == "auto-generated"
    assert source["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert source["Feedback-ID"] == f"rule-7:estacion.test:txn:{message.sender_id}"
    assert source["Message-ID"] == message.message_id
    assert source["Message-ID"].endswith("@estacion.test>")
    assert "Precedence" not in source


def test_r5_a_sender_edited_later_changes_nothing() -> None:
    sender = cast.sender(9)
    message = cast.queue(ANA, sender, files=(pdf(),))
    before = preview(message).source
    Sender.objects.update(from_name="Otro", from_address="otro@otra.test", reply_to="x@otra.test")
    assert preview(Message.objects.get()).source == before


def test_a_file_goes_to_those_who_read_its_language() -> None:
    files = (
        File(file_name="es.pdf", mime_type="application/pdf", content=b"es", language="es"),
        File(file_name="pt.pdf", mime_type="application/pdf", content=b"pt", language="pt"),
        pdf(name="all.pdf"),
    )
    message = cast.queue(ANA, cast.sender(9), files=files)
    assert [file.file_name for file in preview(message).files] == ["es.pdf", "all.pdf"]


def test_r25_a_text_that_cannot_be_written_fails_with_a_sentence() -> None:
    message = cast.queue(ANA, cast.sender(9), data={"company": {}})
    assert (message.state, message.reason) == (State.FAILED, "render")
    assert message.detail


def test_five_megabytes_in_a_note_are_cut_and_the_mail_stays_small() -> None:
    data = {"note": "x" * 5_000_000, "company": {}}
    message = cast.queue(ANA, cast.sender(9), data=data)
    assert message.state == State.READY
    assert len(preview(message).source) < 200_000
    assert "…" in preview(message).text


def test_a_file_lost_from_the_store_is_named(attachments: Path) -> None:
    message = cast.queue(ANA, cast.sender(9), files=(pdf(b"lost and never seen before"),))
    for file in attachments.rglob("*"):
        if file.is_file():
            file.unlink()
    with pytest.raises(StoreMissing):
        preview(message)


def full_disk(work: Callable[[], object]) -> None:
    """Run with a limit on the size of a file: writing more fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000_000, before[1]))
    try:
        work()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_leaves_nothing_half_done(attachments: Path) -> None:
    sender = cast.sender(9)
    cast.template()

    def queue() -> None:
        with pytest.raises(StoreFull):
            cast.queue(ANA, sender, files=(pdf(os.urandom(41_000_000)),))

    full_disk(queue)
    assert not Dispatch.objects.exists()
    assert not Message.objects.exists()
    assert not Attachment.objects.exists()
    assert [path for path in attachments.rglob("*") if path.is_file()] == []


def test_s27_file_names_are_cleaned() -> None:
    assert clean_file_name("../../etc/passwd") == "etcpasswd"
    assert clean_file_name("a\u202etxt.exe\r\n.pdf") == "atxt.exe.pdf"
    assert clean_file_name("") == "documento"
    assert clean_file_name("...") == "documento"
    long = clean_file_name("ñ" * 200 + ".pdf")
    assert long.endswith("ñ.pdf")
    assert len(long.encode()) <= 150


def test_the_logo_of_the_revision_is_in_the_mail_for_ever(attachments: Path) -> None:
    from emailketing.content.frozen_look import freeze_look
    from emailketing.content.look import BrandLook

    look = BrandLook(name="Estación", logo=b"\x89PNG the logo", logo_type="image/png")
    template = cast.template()
    Revision.objects.create(
        template=template,
        language="es",
        number=2,
        subject="Hola",
        text="Hola",
        html='<img src="cid:logo">',
        brand=freeze_look(look),
        created_at=cast.NOON,
    )
    shown = preview(cast.queue(ANA, cast.sender(9)))
    part = next(p for p in message_from_bytes(shown.source).walk() if p["Content-ID"] == "<logo>")
    assert part.get_payload(decode=True) == look.logo
    assert shown.html.startswith('<img src="data:image/png;base64,')


def test_marketing_is_told_apart() -> None:
    message = cast.queue(ANA, cast.sender(9), mail_class=MailClass.MARKETING)
    source = message_from_bytes(preview(message).source)
    assert source["Precedence"] == "bulk"
    assert "Auto-Submitted" not in source


def test_s1_a_name_full_of_signs_no_header_may_hold_still_gets_its_mail() -> None:
    """Found by doing: one control sign in a supplier's name, and none of his mails could leave."""
    name = "Ñandutí\x01\x07\u202e S.A.\r\nBcc: x@y.test\x7f"
    done = cast.queue_request(
        (Recipient(address=ANA, name=name),), cast.sender(9), key="k", now=cast.NOON
    )
    message = done.dispatch.messages.get()
    assert message.name == "Ñandutí S.A. Bcc: x@y.test"
    written = preview(message).source
    assert b"\r\nBcc:" not in written
