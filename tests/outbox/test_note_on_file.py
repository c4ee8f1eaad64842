"""What is wrong with an attached paper stands at the message that carries it."""

import pytest

from emailketing.outbox.models import Message
from emailketing.outbox.queueing.dispatch import File, Recipient
from tests.outbox import cast

pytestmark = pytest.mark.django_db


def test_a_note_on_a_file_is_kept_with_those_who_get_it() -> None:
    people = (
        Recipient(address="ana@cliente.test", language="es"),
        Recipient(address="bob@cliente.test", language="en"),
    )
    files = (
        File(file_name="a.pdf", mime_type="application/pdf", content=b"1", language="es"),
        File(file_name="b.pdf", mime_type="application/pdf", content=b"2", language="en",
             note="□ for 文"),
    )  # fmt: skip
    cast.queue_request(people, cast.sender(9), key="k", now=cast.NOON, files=files)
    notes = {one.address: one.note_on_file for one in Message.objects.all()}
    assert notes == {"ana@cliente.test": "", "bob@cliente.test": "□ for 文"}


def test_nobody_puts_a_note_there_from_outside() -> None:
    people = (Recipient(address="ana@cliente.test", fields={"_note": "x"}),)
    cast.queue_request(people, cast.sender(9), key="k", now=cast.NOON)
    assert Message.objects.get().note_on_file == ""
