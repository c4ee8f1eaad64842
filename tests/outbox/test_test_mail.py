"""A test of a sender goes the way of every message, the sandbox included (S34)."""

import pytest

from emailketing.channels.models import InboxMessage
from emailketing.channels.sms.encoding import measure
from emailketing.common.own_dialect import is_a_file
from emailketing.company.models import Company
from emailketing.content.models import Template
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.preview import preview
from emailketing.outbox.queueing.test_mail import SLUG, SenderTestFailed, send_test
from tests.far_side import FarSide
from tests.outbox import cast
from tests.sources.test_write_down import too_long_for_our_database

ANA = "ana@cliente.test"


@pytest.mark.django_db(transaction=True)
def test_in_the_sandbox_it_lands_in_the_built_in_inbox(far: FarSide) -> None:
    Company.get()
    sender, clock = cast.sender(far.port), cast.Clock()
    message = send_test(sender, ANA, by="rosa", now=cast.NOON)
    with cast.built_in_inbox(clock) as port, cast.engine(clock, port):
        cast.wait_for_state(message, State.ACCEPTED)
    assert far.connections == 0
    assert InboxMessage.objects.get().rcpt_to == ANA
    assert message.dispatch.trigger == f"test:{sender.pk}"


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_it_is_written_in_the_language_of_the_company(language: str) -> None:
    Company.get()
    Company.objects.update(language=language, name="Estación Ñandutí")
    sender = cast.sender(9)
    message = send_test(sender, ANA, by="rosa", now=cast.NOON)
    shown = preview(message)
    assert message.state == State.READY
    assert sender.name in shown.subject
    assert "Estación Ñandutí" in shown.text
    again = send_test(sender, ANA, by="rosa", now=cast.NOON)
    assert again.pk != message.pk
    assert Template.objects.get(slug=SLUG).revisions.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_a_phone_gets_its_own_words(channel: str) -> None:
    Company.get()
    kind = "smpp" if channel == "sms" else "whatsapp"
    sender, clock = cast.phone_sender(channel=channel, kind=kind), cast.Clock()
    message = send_test(sender, "0981 123 456", by="rosa", now=cast.NOON)
    with cast.built_in_inbox(clock) as port, cast.engine(clock, port):
        cast.wait_for_state(message, State.ACCEPTED)
    kept = InboxMessage.objects.get()
    assert (kept.channel, kept.rcpt_to) == (channel, f"+595981123456@{channel}.invalid")
    with pytest.raises(SenderTestFailed):
        send_test(sender, "ana@cliente.test", by="rosa", now=cast.NOON)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_a_company_with_accents_and_a_full_stop_pays_one_segment(language: str) -> None:
    Company.get()
    Company.objects.update(language=language, name="Estación Ñandutí S.A.")
    sms = send_test(
        cast.phone_sender(channel="sms", kind="smpp"), "0981 123 456", by="rosa", now=cast.NOON
    )
    mail = send_test(cast.sender(9), ANA, by="rosa", now=cast.NOON)
    texts = preview(sms).text, preview(mail).text
    assert measure(texts[0]).segments == 1
    assert measure(texts[0]).encoding == "gsm7"
    assert not any(".." in text for text in texts)


@pytest.mark.django_db
def test_what_is_no_address_queues_nothing() -> None:
    with pytest.raises(SenderTestFailed):
        send_test(cast.sender(9), "ana", by="rosa", now=cast.NOON)
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_what_our_database_cannot_keep_is_said_in_a_sentence() -> None:
    sender = cast.sender(9)
    with too_long_for_our_database() as sender.host:
        if is_a_file():
            with pytest.raises(SenderTestFailed, match="no cabe en nuestra base de datos"):
                send_test(sender, ANA, by="rosa", now=cast.NOON)
        else:  # PostgreSQL keeps values of any length, and columns are cut to theirs
            send_test(sender, ANA, by="rosa", now=cast.NOON)
    assert Message.objects.exists() is not is_a_file()
