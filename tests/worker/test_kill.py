"""A real sending process killed at each point: what is promised afterwards (R1, R2, R4; K0–K8).

The leases are not waited for: the second worker of the test reads a clock that is set forward.
"""

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from emailketing.common.crypto import write_key
from emailketing.outbox.afterwards import resolve
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.dispatch import MailClass
from tests.channels.sms.smsc import Smsc
from tests.far_side import FarSide, far_side
from tests.outbox import cast
from tests.worker.processes import Process, running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ANA = "ana@cliente.test"
RETRY, HOLD = MailClass.DOCUMENT, MailClass.MARKETING


def real_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the worker process reads the real clock


def kill_worker(home: Path, far: FarSide, point: str) -> None:
    """Run a worker that dies at this point: by itself, or by the hand of the far side."""
    write_key(home / "secret.key")  # it reads what this test encrypted
    phases = {"at_mail": "mail", "at_rcpt": "rcpt", "after_dot": "data"}
    process: list[Process] = []
    fault = {}
    if point in phases:
        address = "*" if phases[point] == "mail" else ANA
        far.script(phases[point], address, killer(process))
    else:
        fault = {"EMAILKETING_FAULT": point}
    with running(home, "worker", "--only", "sending", **fault) as worker:
        process.append(worker)
        assert worker.wait(60) == -signal.SIGKILL, worker.text


def killer(process: list[Process]) -> Callable[[], None]:
    return lambda: os.kill(process[0].pid, signal.SIGKILL)


@pytest.mark.parametrize("mail_class", [RETRY, HOLD], ids=["retry", "hold"])
@pytest.mark.parametrize(
    ("point", "copies_retry", "copies_hold"),
    [
        ("after_claim", 1, 1),  # K1
        ("at_mail", 1, 1),  # K2
        ("at_rcpt", 1, 1),  # K3
        ("before_mark", 1, 1),  # K4
        ("before_dot", 1, 0),  # K5: nothing was sent, but nobody can know
        ("after_dot", 2, 1),  # K6
        ("after_250", 2, 1),  # K7
        ("after_commit", 1, 1),  # K8
    ],
)
def test_r1_r2_killed_at_every_point(
    tmp_path: Path, point: str, copies_retry: int, copies_hold: int, mail_class: MailClass
) -> None:
    cast.go_live()
    with far_side() as far:
        message = cast.queue(ANA, cast.sender(far.port), now=real_now(), mail_class=mail_class)
        kill_worker(tmp_path, far, point)
        clock = cast.Clock(real_now() + timedelta(seconds=700))
        doubtful = mail_class == HOLD and point in {"before_dot", "after_dot", "after_250"}
        with cast.engine(clock):
            cast.wait_for_state(message, State.IN_DOUBT if doubtful else State.ACCEPTED)
        copies = copies_hold if doubtful else copies_retry
        far.wait_for(copies)  # what the killed one sent may be on its way still
        assert far.copies(message.message_id) == copies
    assert Message.objects.count() == 1
    assert len({mail.content for mail in far.received}) <= 1  # R5: the same bytes


@pytest.mark.parametrize(
    ("point", "copies", "state"),
    [
        ("before_mark", 1, State.ACCEPTED),  # K4: sent once, by the next worker
        ("before_dot", 0, State.IN_DOUBT),  # K5: marked, and nobody can know
        ("after_250", 1, State.IN_DOUBT),  # K7
    ],
)
def test_r3_r4_a_paid_message_is_never_sent_twice(
    tmp_path: Path, point: str, copies: int, state: str
) -> None:
    """In doubt on a phone is held for a person, whatever the class (R4)."""
    cast.go_live()
    with Smsc({"estacion": ""}, receipts=False) as smsc:
        smsc.most = 5
        by = cast.phone_sender(port=smsc.port, username="estacion", security="plain")
        message = cast.queue_phone("+595981123400", by, now=real_now(), mail_class=RETRY)
        with running(tmp_path, "worker", "--only", "sending", EMAILKETING_FAULT=point) as worker:
            assert worker.wait(60) == -signal.SIGKILL, worker.text
        with cast.engine(cast.Clock(real_now() + timedelta(seconds=700))):
            cast.wait_for_state(message, state)
    assert len(smsc.record.texts) == copies
    assert Message.objects.count() == 1


def test_killed_after_the_250_the_operator_has_three_actions(tmp_path: Path) -> None:
    cast.go_live()
    with far_side() as far:
        sender = cast.sender(far.port)
        message = cast.queue(ANA, sender, now=real_now(), mail_class=HOLD)
        kill_worker(tmp_path, far, "after_250")
        clock = cast.Clock(real_now() + timedelta(seconds=700))
        with cast.engine(clock) as engine:
            cast.wait_for_state(message, State.IN_DOUBT)
            assert message.detail
            resolve.send_again(message, by="rosa", note="no lo tiene", now=clock())
            engine.wake()
            cast.wait_for_state(message, State.ACCEPTED)
    assert far.copies(message.message_id) == 2
    assert [one.action for one in message.decisions.all()] == ["send_again"]


def test_r24_three_crashes_put_a_message_aside_and_the_others_go_on(
    tmp_path: Path, settings: Settings
) -> None:
    settings.HOME = tmp_path
    cast.go_live()
    with far_side() as far:
        sender = cast.sender(far.port)
        message = cast.queue(ANA, sender, now=real_now())
        for _ in range(3):
            kill_worker(tmp_path, far, "before_mark")  # no lease is waited for: it is dead
        with cast.engine(real_now):
            cast.wait_for_state(message, State.QUARANTINED)
            other = cast.queue("b@cliente.test", sender, now=real_now())
            cast.wait_for_state(other, State.ACCEPTED)
    assert message.crash_count == 3
    assert far.copies(message.message_id) == 0


def test_r24_what_only_waited_in_workers_that_died_is_no_suspect(
    tmp_path: Path, settings: Settings
) -> None:
    """Claimed three times by workers that died of something else, and sent at once by the next."""
    settings.HOME = tmp_path
    cast.go_live()
    with far_side() as far:
        message = cast.queue(ANA, cast.sender(far.port), now=real_now())
        for _ in range(3):
            kill_worker(tmp_path, far, "after_claim")
        message.refresh_from_db()
        assert (message.state, message.attempt) == (State.CLAIMED, 3)
        with cast.engine(real_now):
            cast.wait_for_state(message, State.ACCEPTED)
    assert message.attempt == 4
    assert far.copies(message.message_id) == 1


@pytest.mark.parametrize(
    ("mail_class", "state", "copies"), [(RETRY, State.ACCEPTED, 2), (HOLD, State.IN_DOUBT, 1)]
)
def test_r4_what_a_dead_worker_was_transmitting_is_judged_at_once(
    tmp_path: Path, settings: Settings, mail_class: MailClass, state: str, copies: int
) -> None:
    """Not after eleven minutes: nobody is there who could still hear the answer."""
    settings.HOME = tmp_path
    cast.go_live()
    with far_side() as far:
        message = cast.queue(ANA, cast.sender(far.port), now=real_now(), mail_class=mail_class)
        kill_worker(tmp_path, far, "after_250")
        with cast.engine(real_now):
            cast.wait_for_state(message, state)
        assert far.copies(message.message_id) == copies
