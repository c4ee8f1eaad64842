"""Text messages through engine, ledger and a modem's folders."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from emailketing.channels.models import Sender
from emailketing.outbox.models import State
from tests.channels.sms.modem import Modem
from tests.outbox import cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    cast.go_live()
    with translation.override("en"):
        yield


def modem_at(folder: Path) -> Sender:
    return cast.phone_sender(kind="gammu", host="", options={"folder": str(folder)})


def test_what_the_modem_sends_is_accepted_and_what_it_cannot_comes_back(tmp_path: Path) -> None:
    by = modem_at(tmp_path)
    there = cast.queue_phone("+595981123400", by)
    away = cast.queue_phone("+595981123466", by)
    with Modem(tmp_path) as modem, cast.engine(cast.Clock()):
        cast.wait_for_state(there, State.ACCEPTED)
        cast.wait_for_state(away, State.BOUNCED)
        cast.wait_until(lambda: there.receipts.filter(status="accepted").exists())

    assert [sent.text for sent in modem.texts] == ["Ana: ¡listo!"] * 2
    assert "could not send it" in away.detail
    assert there.reference in {sent.name for sent in modem.texts}


def test_a_missing_folder_rests_the_sender_with_one_sentence(tmp_path: Path) -> None:
    by = modem_at(tmp_path / "nowhere")
    message = cast.queue_phone("+595981123400", by)
    with cast.engine(cast.Clock()):
        cast.wait_until(lambda: bool(Sender.objects.get().paused_reason))
        cast.wait_for_state(message, State.READY)
    by.refresh_from_db()

    assert by.paused_reason.startswith(f"The folder {tmp_path}/nowhere/outbox is missing")
