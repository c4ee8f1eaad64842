"""R2: after any kills every message is sent or still there to see; R1: few are there twice."""

import os
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from emailketing.common.crypto import write_key
from emailketing.outbox.models import OPEN, Message, State
from emailketing.outbox.queueing.dispatch import MailClass, Recipient
from tests.far_side import far_side
from tests.outbox import cast
from tests.worker.processes import running
from tests.worker.test_kill import real_now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MESSAGES, KILLS, CONNECTIONS = 90, 3, 3


@pytest.mark.parametrize("mail_class", [MailClass.DOCUMENT, MailClass.MARKETING])
def test_r1_r2_killed_again_and_again(tmp_path: Path, mail_class: MailClass) -> None:
    cast.go_live()
    write_key(tmp_path / "secret.key")  # the worker reads what this test encrypted
    dice = Random(mail_class)  # noqa: S311 - chooses the moments
    with far_side() as far:
        sender = cast.sender(far.port, connections=CONNECTIONS)
        people = tuple(Recipient(address=f"p{n}@cliente.test") for n in range(MESSAGES))
        cast.queue_many(people, sender, mail_class=mail_class, now=real_now())
        for _ in range(KILLS):
            with running(tmp_path, "worker", "--only", "sending") as process:
                far.wait_for(len(far.received) + dice.randint(3, 25), 60)
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
            # two minutes are not waited for: what was only claimed may be taken again
            Message.objects.filter(state=State.CLAIMED).update(lease_until=real_now())
        clock = cast.Clock(real_now() + timedelta(seconds=700))
        with cast.engine(clock):
            cast.wait_until(
                lambda: (
                    not Message.objects.exclude(state__in=(State.ACCEPTED, State.IN_DOUBT)).exists()
                ),
                60,
            )
        copies = Counter(mail.message_id for mail in far.received)
    doubtful = set(
        Message.objects.filter(state=State.IN_DOUBT).values_list("message_id", flat=True)
    )
    accepted = Message.objects.filter(state=State.ACCEPTED).values_list("message_id", flat=True)
    assert len(accepted) + Message.objects.filter(state__in=OPEN).count() == MESSAGES
    assert all(copies[message_id] >= 1 for message_id in accepted)
    assert len(doubtful) <= KILLS * CONNECTIONS
    assert sum(copies.values()) - len(copies) <= KILLS * CONNECTIONS
    if mail_class == MailClass.MARKETING:
        assert max(copies.values()) == 1
