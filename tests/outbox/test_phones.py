"""Phone messages in the ledger: counted, paid, redirected, suppressed (M1–M3, R4, S34)."""

from collections.abc import Iterator
from decimal import Decimal
from email import message_from_bytes

import pytest
from django.utils import translation

from emailketing.channels.models import InboxMessage
from emailketing.contacts.models import Suppression
from emailketing.contacts.suppress import opt_out, suppress
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.dispatch import Alternative, File, MailClass, Recipient, Way
from emailketing.outbox.queueing.preview import preview
from tests.outbox import cast

pytestmark = pytest.mark.django_db(transaction=True)
ANA = "+595981123456"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_m3_a_number_is_understood_as_it_is_written_here() -> None:
    message = cast.queue_phone("0981 123-456", cast.phone_sender())
    assert (message.channel, message.address, message.state) == ("sms", ANA, State.READY)
    assert message.message_id.endswith("@sms.invalid>")


def test_m1_segments_and_cost_are_counted_when_it_is_queued() -> None:
    by = cast.phone_sender()
    short = cast.queue_phone(ANA, by)
    assert (short.segments, short.cost) == (1, Decimal("35.5"))
    assert short.subject == "Ana: ¡listo!"
    data = {"note": "á" * 100, "company": {"name": "Estación"}}
    long = cast.queue_phone("0981 123 457", by, data=data)
    assert (long.segments, long.cost) == (2, Decimal("71.0"))


def test_m1_what_is_too_long_fails_with_one_sentence_and_is_never_cut() -> None:
    data = {"note": "€á " * 500, "company": {"name": "Estación"}}
    message = cast.queue_phone(ANA, cast.phone_sender(), data=data)
    assert message.state == State.FAILED
    assert message.detail
    assert message.finished_at == cast.NOON


def test_r4_in_doubt_on_a_paid_channel_a_person_is_asked() -> None:
    by = cast.phone_sender()
    for n, mail_class in enumerate(MailClass):
        message = cast.queue_phone(f"+59598112345{n}", by, mail_class=mail_class)
        assert message.in_doubt_policy == "hold"


@pytest.mark.parametrize(
    ("channel", "kind", "number", "words"),
    [
        ("sms", "smpp", "(021) 555-010", "landline"),
        ("sms", "smpp", "compras@nanduti.test", "letters"),
        ("sms", "smpp", "911", "not a phone number"),
        ("sms", "smpp", "", "no number"),
    ],
)
def test_m3_what_cannot_be_reached_is_refused_in_words(
    channel: str, kind: str, number: str, words: str
) -> None:
    by = cast.phone_sender(channel=channel, kind=kind)
    cast.go_live()
    people = (Recipient(address=number, channel=channel),)
    done = cast.queue_request(
        people, by, key="k", now=cast.NOON, template=cast.short_template(channel=channel)
    )
    assert done.messages == 0
    assert words in done.refused[0].sentence


def test_a_landline_has_whatsapp() -> None:
    by = cast.phone_sender(channel="whatsapp", kind="whatsapp")
    assert cast.queue_phone("021 555 010", by).address == "+59521555010"


def test_what_cannot_be_used_makes_room_for_the_next_way() -> None:
    mail, phone = cast.sender(9), cast.phone_sender()
    words = {"email": Way(cast.template(), mail), "sms": Way(cast.short_template(), phone)}
    ana = Recipient(
        address="no address", alternatives=(Alternative("sms", "0981 123 456"),), name="Ana"
    )
    done = cast.queue_request((ana,), mail, key="k", now=cast.NOON, ways=words)
    message = done.dispatch.messages.get()
    assert (message.channel, message.sender) == ("sms", phone)
    assert "not an e-mail address" in done.refused[0].sentence


def test_both_at_once_are_two_messages_of_one_decision() -> None:
    mail, phone = cast.sender(9), cast.phone_sender()
    words = {"email": Way(cast.template(), mail), "sms": Way(cast.short_template(), phone)}
    people = (Recipient(address="ana@cliente.test"), Recipient(address=ANA, channel="sms"))
    done = cast.queue_request(people, mail, key="k", now=cast.NOON, ways=words)
    assert done.messages == 2
    assert set(done.dispatch.messages.values_list("channel", flat=True)) == {"email", "sms"}


def test_s34_in_the_sandbox_a_phone_message_goes_to_the_built_in_inbox() -> None:
    by = cast.phone_sender()
    message = cast.queue_phone(ANA, by)
    with cast.built_in_inbox(cast.Clock()) as port, cast.engine(cast.Clock(), port):
        cast.wait_for_state(message, State.ACCEPTED)
    kept = InboxMessage.objects.get()
    assert (kept.channel, kept.rcpt_to) == ("sms", f"{ANA}@sms.invalid")
    assert kept.message_id == message.message_id
    mail = message_from_bytes(bytes(kept.raw))
    assert mail.get_payload(decode=True) == "Ana: ¡listo!\r\n".encode()
    assert mail["Subject"] == ""
    assert mail["List-Unsubscribe"] is mail["Auto-Submitted"] is None
    assert message.is_redirected
    assert message.reference == ""


def test_s34_whatsapp_in_the_inbox_shows_text_parameters_and_document() -> None:
    by = cast.phone_sender(channel="whatsapp", kind="whatsapp")
    words = cast.short_template(
        "{{ recipient.name }}\n{{ note }}", channel="whatsapp", subject="aviso_listo"
    )
    files = (File(file_name="OC.pdf", mime_type="application/pdf", content=b"%PDF-1.7"),)
    message = cast.queue_phone(ANA, by, template=words, files=files)
    with cast.built_in_inbox(cast.Clock()) as port, cast.engine(cast.Clock(), port):
        cast.wait_for_state(message, State.ACCEPTED)
    kept = InboxMessage.objects.get()
    parts = list(message_from_bytes(bytes(kept.raw)).walk())
    assert kept.channel == "whatsapp"
    assert parts[1].get_payload(decode=True) == "[aviso_listo]\r\nAna\r\n¡listo!".encode()
    assert parts[2].get_filename() == "OC.pdf"


def test_the_console_sees_a_phone_message_as_it_is() -> None:
    files = (File(file_name="OC.pdf", mime_type="application/pdf", content=b"%PDF-1.7"),)
    shown = preview(cast.queue_phone(ANA, cast.phone_sender(), files=files))
    assert (shown.text, shown.html, shown.files) == ("Ana: ¡listo!", "", [])


@pytest.mark.parametrize(
    ("mail_class", "state"),
    [(MailClass.DOCUMENT, State.SUPPRESSED), (MailClass.SECURITY, State.READY)],
)
def test_m2_stop_holds_for_every_message_but_a_code_just_asked_for(
    mail_class: MailClass, state: str
) -> None:
    suppress(ANA, Suppression.Reason.OPT_OUT, now=cast.NOON, kind="phone")
    message = cast.queue_phone(ANA, cast.phone_sender(), mail_class=mail_class)
    assert message.state == state


def test_who_wants_no_reports_by_phone_still_gets_documents() -> None:
    opt_out(ANA, MailClass.REPORT, now=cast.NOON, kind="phone")
    by = cast.phone_sender()
    report = cast.queue_phone(ANA, by, mail_class=MailClass.REPORT, key="a")
    document = cast.queue_phone(ANA, by, mail_class=MailClass.DOCUMENT, key="b")
    assert (report.state, document.state) == (State.SUPPRESSED, State.READY)


def test_a_stop_that_comes_before_the_claim_still_holds() -> None:
    message = cast.queue_phone(ANA, cast.phone_sender())
    suppress(ANA, Suppression.Reason.OPT_OUT, now=cast.NOON, kind="phone")
    with cast.built_in_inbox(cast.Clock()) as port, cast.engine(cast.Clock(), port):
        cast.wait_for_state(message, State.SUPPRESSED)
    assert not InboxMessage.objects.exists()
    assert Message.objects.get().attempt == 0
