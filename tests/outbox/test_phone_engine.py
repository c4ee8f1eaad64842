"""Phones through the engine, to an SMS centre that misbehaves (R3, R4, R14, R15, R30, R31, M4)."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest

from emailketing.channels.base import Handover, Phase, Reply, ReplyKind
from emailketing.channels.models import Sender
from emailketing.outbox.afterwards import resolve
from emailketing.outbox.classes import URGENT
from emailketing.outbox.models import Message, State
from emailketing.outbox.policy import read_brakes
from emailketing.outbox.queueing.fallback import fall_back_due
from emailketing.outbox.sending.claim import ClaimLimit, claim
from emailketing.outbox.sending.pace import Pace
from emailketing.outbox.sending.settle import CommitGroup, Result, commit_group
from emailketing.outbox.sending.verdict import judge, kept
from tests.channels.sms.smsc import Smsc
from tests.outbox import cast

pytestmark = pytest.mark.django_db(transaction=True)
ANA = "+5959811234"


@pytest.fixture
def smsc() -> Iterator[Smsc]:
    with Smsc() as centre:
        yield centre


def sender_at(smsc: Smsc, **values: object) -> Sender:
    made = cast.phone_sender(
        port=smsc.port, username="estacion", security=Sender.Security.PLAIN, **values
    )
    made.password = "secreta1"  # noqa: S105 - of a test
    made.save()
    cast.go_live()
    return made


def test_r31_a_text_is_accepted_and_then_delivered(smsc: Smsc) -> None:
    message = cast.queue_phone(ANA + "00", sender_at(smsc))
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.DELIVERED)
    (text,) = smsc.record.texts
    assert (text.destination, text.text) == ("595981123400", "Ana: ¡listo!")
    assert message.reference == "00000001"
    assert message.accepted_at == cast.NOON
    receipt = message.receipts.get()
    assert (receipt.status, receipt.reference) == ("delivered", "00000001")
    attempt = message.attempts.get()
    assert (attempt.phase, attempt.outcome) == ("dot", "accepted")


def test_m4_a_long_text_is_delivered_when_all_its_parts_are(smsc: Smsc) -> None:
    data = {"note": "á" * 150, "company": {"name": "Estación"}}
    message = cast.queue_phone(ANA + "01", sender_at(smsc), data=data)
    assert message.segments == 3
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.DELIVERED)
    assert smsc.record.texts[0].segments == 3
    assert message.receipts.filter(status="delivered").count() == 3


@pytest.mark.parametrize(
    ("end", "state", "heard"),
    [
        ("66", State.BOUNCED, {"failed"}),
        ("65", State.DELIVERED, {"delivered"}),  # twice
        ("64", State.DELIVERED, {"delivered", "accepted"}),  # out of order
        ("63", State.DELIVERED, {"delivered"}),  # before the answer
    ],
)
def test_r31_receipts_move_a_message_forward_only(
    smsc: Smsc, end: str, state: str, heard: set[str]
) -> None:
    message = cast.queue_phone(ANA + end, sender_at(smsc))
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, state)
        cast.wait_until(lambda: set(message.receipts.values_list("status", flat=True)) == heard)
    message.refresh_from_db()
    assert message.state == state
    assert bool(message.detail) is (state == State.BOUNCED)


def test_r4_no_answer_after_the_handing_over_is_in_doubt_and_held_for_a_person(smsc: Smsc) -> None:
    by = sender_at(smsc)
    message = cast.queue_phone(ANA + "99", by)
    message.alternatives, message.falls_back = (
        [{"channel": "sms", "address": ANA + "00", "sender": by.pk, "revision": 1}],
        True,
    )
    message.save()
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.IN_DOUBT)
    assert len(smsc.record.texts) == 1
    assert fall_back_due(cast.NOON) == 0  # R30: never in doubt
    resolve.give_up(message, by="rosa", now=cast.NOON)
    assert fall_back_due(cast.NOON) == 0  # it may have arrived all the same
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("end", "state", "reason"),
    [
        ("88", State.DEFERRED, "temporary"),
        ("45", State.FAILED, "refused"),
        ("11", State.FAILED, "address"),
    ],
)
def test_r15_what_the_centre_refuses(smsc: Smsc, end: str, state: str, reason: str) -> None:
    message = cast.queue_phone(ANA + end, sender_at(smsc))
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, state)
    assert message.reason == reason
    assert message.detail
    assert cast.is_suppressed(message.address, kind="phone") is (reason == "address")
    assert not cast.is_suppressed(message.address)


def test_a_refused_bind_pauses_the_sender_with_one_sentence(smsc: Smsc) -> None:
    by = sender_at(smsc)
    by.password = "wrong"  # noqa: S105 - of a test
    by.save()
    message = cast.queue_phone(ANA + "00", by)
    with cast.engine(cast.Clock()):
        cast.wait_until(lambda: Sender.objects.get().paused_until is not None)
        cast.wait_until(lambda: Message.objects.get().reason in {"account", "throttled"})
    by.refresh_from_db()
    message.refresh_from_db()
    assert by.paused_reason
    assert message.state == State.READY
    assert smsc.record.texts == []


def test_receipts_are_heard_although_nothing_is_sent(smsc: Smsc) -> None:
    sender_at(smsc)
    with cast.engine(cast.Clock()):
        smsc.wait_until(lambda record: len(record.binds) == 1)


@pytest.mark.parametrize("brake", [{"is_live": False}, {"is_stopped": True}])
def test_s34_with_a_brake_on_nobody_calls_the_centre(smsc: Smsc, brake: dict[str, bool]) -> None:
    from emailketing.company.models import Company

    by = sender_at(smsc)
    Company.objects.update(**brake)
    message = cast.queue_phone(ANA + "00", by)
    with cast.built_in_inbox(cast.Clock()) as port, cast.engine(cast.Clock(), port):
        if "is_live" in brake:
            cast.wait_for_state(message, State.ACCEPTED)
        else:
            cast.wait_until(lambda: Message.objects.get().detail != "")
    assert smsc.record.binds == []


def test_r18_a_sender_keeps_its_pace_and_what_is_urgent_goes_first(smsc: Smsc) -> None:
    by = sender_at(smsc, per_second=20)
    people = [cast.queue_phone(f"+59598155{n:04}", by, mail_class="report") for n in range(6)]
    urgent = cast.queue_phone(ANA + "00", by)
    with cast.engine(cast.Clock()):
        cast.wait_for_state(urgent, State.DELIVERED)
        for message in people:
            cast.wait_for_state(message, State.DELIVERED)
    assert smsc.record.texts[0].destination == "595981123400"


@pytest.mark.parametrize(("per_second", "least"), [(50, 0.08), (None, 0)])
def test_r18_who_has_a_pace_waits_for_his_turn(per_second: int | None, least: float) -> None:
    async def five_turns() -> float:
        loop, pace = asyncio.get_running_loop(), Pace(per_second)
        began = loop.time()
        for _ in range(5):
            await pace.turn()
        return loop.time() - began

    assert asyncio.run(five_turns()) >= least - 0.002  # the clock of the loop is coarse


def test_a_doubt_ends_by_itself_when_the_receipt_names_our_number(smsc: Smsc) -> None:
    from emailketing.channels.base import ReceiptHeard
    from emailketing.outbox.afterwards.receipts import note_receipt

    by = sender_at(smsc)
    message = cast.queue_phone(ANA + "99", by)
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.IN_DOUBT)
    heard = ReceiptHeard("far-1", "delivered", envid=str(message.pk))
    later = cast.NOON + timedelta(minutes=3)
    note_receipt(by, heard, now=later)
    message.refresh_from_db()
    assert (message.state, message.finished_at) == (State.DELIVERED, later)


@pytest.mark.parametrize("kind", [ReplyKind.REFUSED, ReplyKind.LATER, ReplyKind.ACCEPTED])
def test_whatever_a_gateway_answers_can_be_written_down(kind: ReplyKind) -> None:
    cast.go_live()
    by = cast.phone_sender()
    message = cast.queue_phone(ANA + "00", by)
    (job,) = claim(ClaimLimit(by.pk, URGENT, 1), read_brakes(), now=cast.NOON)
    reply = Reply(2**32 - 1, text="a\0b\ud83d" + "<html>" * 200, kind=kind)
    handover = kept(Handover(Phase.DOT, reply, reference="r\0" * 100))
    verdict = judge(handover, job, now=cast.NOON, dice=Random(1))  # noqa: S311 - scatters
    commit_group(CommitGroup(results=[Result(job, verdict, "peer", cast.NOON)]), now=cast.NOON)
    message.refresh_from_db()
    assert message.state not in {State.CLAIMED, State.READY}
    assert message.attempts.get().reply.startswith("a b<html>")
