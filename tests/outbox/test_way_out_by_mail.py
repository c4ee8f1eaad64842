"""Where a mailbox is read, a mail is the way out, also without a public address (§1.3)."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import Message as Mail

import pytest
from django.utils import translation

from emailketing.channels.email.mailbox import UNREAD_FOR
from emailketing.channels.models import Mailbox, Sender
from emailketing.contacts.mail_class import MailClass
from emailketing.content.models import Brand
from emailketing.links.models import PublicAddress
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.material import material_of
from emailketing.outbox.queueing.write_out import write_out
from emailketing.outbox.way_out import LONGEST_ADDRESS, why_no_way_out
from tests.outbox import cast

pytestmark = pytest.mark.django_db
ANA = "ana@cliente.test"
NOON = cast.NOON
DATA = {"note": "¡listo!", "company": {"name": "Estación Ñandutí S.A.", "address": cast.STREET}}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def sender() -> Sender:
    cast.go_live()
    cast.allow_links()
    PublicAddress.objects.all().delete()  # nobody opened it from outside
    return cast.sender(9)


def mailbox(sender: Sender, **own: object) -> Mailbox:
    values = {"host": "imap.test", "username": "ventas", "read_at": NOON, "tried_at": NOON}
    return Mailbox.objects.create(sender=sender, **(values | own))


def queue(sender: Sender, mail_class: str = "greeting") -> Message:
    return cast.queue(ANA, sender, mail_class=MailClass(mail_class), data=DATA)


def mail(message: Message) -> Mail:
    return message_from_bytes(write_out(message, material_of(message)))


def words(of: Mail) -> str:
    parts = (bytes(one.get_payload(decode=True) or b"").decode() for one in of.walk())
    return "\n".join(parts)


@pytest.mark.parametrize("mail_class", ["greeting", "marketing", "report"])
def test_a_mail_alone_is_the_way_out_and_no_click_is_promised(
    sender: Sender, mail_class: str
) -> None:
    mailbox(sender)
    message = queue(sender, mail_class)
    assert message.state == State.READY
    made = mail(message)
    way = str(made["List-Unsubscribe"])
    assert way.startswith(f"<mailto:{sender.from_address}?subject=u-")
    assert "http" not in way
    assert made["List-Unsubscribe-Post"] is None
    assert made["List-Help"] is None
    subject = way.strip("<>").partition("=")[2]
    said = words(made)
    assert f"mailto:{sender.from_address}?subject={subject}" in said
    assert f"with the subject {subject}" in said or f"con el asunto {subject}" in said


def test_answers_that_go_elsewhere_are_read_there(sender: Sender) -> None:
    sender.reply_to = "bajas@estacion.test"
    sender.save()
    mailbox(sender)
    assert "<mailto:bajas@estacion.test?" in str(mail(queue(sender))["List-Unsubscribe"])


def test_without_a_mailbox_nothing_of_the_kind_leaves(sender: Sender) -> None:
    message = queue(sender)
    assert (message.state, message.reason) == (State.FAILED, "way_out")


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        ({"read_at": None, "tried_at": None}, "was not read yet: wait a minute."),
        ({"is_active": False}, "is not read: switch it on under Senders."),
        (
            {"failing_since": NOON - UNREAD_FOR, "problem": "No answer."},
            "cannot be read since 24/11/2026 06:00: No answer.",
        ),
    ],
)
def test_a_mailbox_that_is_not_read_is_none_and_says_so(
    sender: Sender, own: dict[str, object], sentence: str
) -> None:
    mailbox(sender, **own)
    assert sentence in why_no_way_out("greeting", sender, now=NOON)
    assert queue(sender).state == State.FAILED


def test_one_that_failed_a_moment_ago_is_still_one(sender: Sender) -> None:
    mailbox(sender, failing_since=NOON - timedelta(hours=1), problem="No answer.")
    assert queue(sender).state == State.READY


def test_t1_an_address_too_long_for_a_header_is_no_way_out(sender: Sender) -> None:
    sender.reply_to = "a" * (LONGEST_ADDRESS - 12) + "@estacion.test"
    mailbox(sender)
    assert "too long for a header" in why_no_way_out("greeting", sender, now=NOON)


def test_the_postal_address_is_asked_for_all_the_same(sender: Sender) -> None:
    mailbox(sender)
    Brand.objects.update(address="")
    assert "postal address" in why_no_way_out("greeting", sender, now=NOON)
