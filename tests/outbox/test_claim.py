"""Claiming in blocks: nothing twice, the urgent first, all or nothing (R10, R11)."""

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, connections
from django.utils import translation

from emailketing.channels.models import Sender
from emailketing.contacts.models import Suppression
from emailketing.contacts.suppress import suppress
from emailketing.outbox.afterwards.doubt import doubt, doubt_sentence
from emailketing.outbox.classes import BULK, URGENT
from emailketing.outbox.job import Job
from emailketing.outbox.models import Attempt, Message, State
from emailketing.outbox.policy import read_brakes
from emailketing.outbox.queueing.dispatch import MailClass, Recipient
from emailketing.outbox.sending.claim import ClaimLimit, claim
from emailketing.outbox.sending.in_flight import InFlight, workers_seen
from emailketing.outbox.sending.reclaim import expire, reap
from emailketing.outbox.sending.settle import CommitGroup, commit_group, give_back, renew
from tests.outbox import cast

LATER = cast.NOON + timedelta(seconds=121)


def take(sender: Sender, most: int = 100, lane: tuple[int, ...] = URGENT) -> list[Job]:
    return claim(ClaimLimit(sender.pk, lane, most), read_brakes(), now=cast.NOON)


@pytest.mark.django_db(transaction=True)
def test_r10_eight_claimers_take_every_message_once() -> None:
    cast.go_live()
    sender = cast.sender(9)
    people = tuple(Recipient(address=f"p{n}@cliente.test") for n in range(1000))
    cast.queue_many(people, sender, mail_class=MailClass.MARKETING)
    taken: list[list[int]] = [[] for _ in range(8)]

    def work(mine: list[int]) -> None:
        try:
            while jobs := take(sender, 20, BULK):
                mine.extend(job.id for job in jobs)
        finally:
            connections.close_all()

    claimers = [threading.Thread(target=work, args=(mine,)) for mine in taken]
    for claimer in claimers:
        claimer.start()
    for claimer in claimers:
        claimer.join()
    ids = [number for mine in taken for number in mine]
    if connection.vendor == "postgresql":  # SKIP LOCKED: somebody may have found nothing for once
        ids += [job.id for job in take(sender, 1000, BULK)]
    assert len(ids) == len(set(ids)) == 1000
    assert Attempt.objects.count() == 1000
    assert set(Message.objects.values_list("attempt", flat=True)) == {1}


@pytest.mark.django_db
def test_r11_the_most_urgent_first_then_the_oldest() -> None:
    cast.go_live()
    sender = cast.sender(9)
    classes = (MailClass.DOCUMENT, MailClass.TRANSACTIONAL, MailClass.SECURITY)
    for number, mail_class in enumerate(classes * 2):
        then = cast.NOON - timedelta(minutes=10 - number)
        cast.queue(f"p{number}@cliente.test", sender, mail_class=mail_class, now=then)
    jobs = take(sender)
    assert [job.address[1] for job in jobs] == ["2", "5", "1", "4", "0", "3"]


@pytest.mark.django_db
def test_a_claim_takes_at_most_what_there_is_room_for() -> None:
    cast.go_live()
    sender = cast.sender(9)
    for number in range(5):
        cast.queue(f"p{number}@cliente.test", sender)
    assert len(take(sender, 2)) == 2
    assert take(sender, 0) == []
    assert len(take(sender)) == 3
    assert take(sender) == []


@pytest.mark.django_db
def test_the_claim_carries_what_was_frozen() -> None:
    cast.go_live()
    sender = cast.sender(9, reply_to="cobros@estacion.test")
    message = cast.queue("ana@cliente.test", sender, scope="source:estacion")
    (job,) = take(sender)
    assert (job.id, job.attempt, job.scope) == (message.pk, 1, "source:estacion")
    assert (job.from_name, job.reply_to) == ("Estación Ñandutí", "cobros@estacion.test")
    assert job.not_before == cast.NOON
    message.refresh_from_db()
    assert (message.state, message.claim_token) == (State.CLAIMED, job.token)
    assert message.lease_until == cast.NOON + timedelta(seconds=120)


@pytest.mark.django_db
def test_r21_after_failures_one_message_goes_ahead_as_a_probe() -> None:
    cast.go_live()
    sender = cast.sender(9, failure_count=3)
    for number in range(5):
        cast.queue(f"p{number}@cliente.test", sender)
    assert len(take(sender)) == 1


@pytest.mark.django_db
def test_r24_what_a_dead_worker_left_goes_out_one_by_one() -> None:
    """A worker holds many; when it dies three times, only the one it worked on is put aside."""
    cast.go_live()
    sender = cast.sender(9)
    for number in range(5):
        cast.queue(f"p{number}@cliente.test", sender)
    take(sender)
    for _ in range(2):
        reap(LATER)
        Message.objects.update(next_at=cast.NOON, lease_until=cast.NOON)
        cast.queue(f"new{Message.objects.count()}@cliente.test", sender)
        jobs = take(sender)
        assert [job.is_suspect for job in jobs] == [True, False]
    reap(LATER)
    counts = Message.objects.order_by("pk").values_list("crash_count", flat=True)
    assert list(counts) == [3, 1, 1, 1, 1, 1, 1]
    assert Message.objects.order_by("pk")[0].state == State.QUARANTINED


@pytest.mark.django_db
def test_r24_only_what_a_dead_worker_was_at_is_a_suspect(tmp_path: Path) -> None:
    cast.go_live()
    sender = cast.sender(9)
    for number in range(5):
        cast.queue(f"p{number}@cliente.test", sender)
    in_flight = InFlight(tmp_path)
    jobs = claim(
        ClaimLimit(sender.pk, URGENT, 4, worker=in_flight.name), read_brakes(), now=cast.NOON
    )
    with in_flight.at([jobs[1].id]):
        seen = workers_seen(tmp_path)
    assert commit_group(CommitGroup(marks=[jobs[2]]), now=cast.NOON)  # handed over, perhaps
    assert reap(cast.NOON, seen) == 0, "the worker lives, and its leases run"
    in_flight.close()
    dead = [replace(one, is_dead=True) for one in seen]
    assert reap(cast.NOON, dead) == 4, "at once: nobody waits for the leases of the dead"
    rows = Message.objects.order_by("pk").values_list("state", "reason", "crash_count")
    assert list(rows) == [
        ("ready", "crashed", 0),
        ("ready", "crashed", 1),
        ("ready", "in_doubt", 1),  # R4: its class sends it again
        ("ready", "crashed", 0),
        ("ready", "", 0),
    ]
    assert workers_seen(tmp_path) == [], "nothing is left to be taken back"


@pytest.mark.django_db
@pytest.mark.parametrize("doubtful_at", [1, 3, 0], ids=["first crash", "last crash", "never"])
def test_r24_what_is_put_aside_says_whether_it_may_have_arrived(doubtful_at: int) -> None:
    """Of four that were put aside by kills after the dot, one had arrived."""
    cast.go_live()
    sender = cast.sender(9)
    message = cast.queue("ana@cliente.test", sender)
    with translation.override("en"):
        for crash in (1, 2, 3):
            jobs = take(sender)
            if crash == doubtful_at:
                assert commit_group(CommitGroup(marks=jobs), now=cast.NOON)
            reap(cast.NOON + timedelta(seconds=700))
            Message.objects.update(next_at=cast.NOON)
        message.refresh_from_db()
        assert message.state == State.QUARANTINED
        assert (doubt_sentence() in message.detail) is bool(doubtful_at)
    with translation.override("es"):
        assert message.in_words != message.detail
        assert (doubt_sentence() in message.in_words) is bool(doubtful_at)
    assert bool(doubt(message)) is bool(doubtful_at)


@pytest.mark.django_db
def test_a_suppressed_message_does_not_use_up_the_room_of_the_next_claim() -> None:
    cast.go_live()
    sender = cast.sender(9)
    cast.queue("p0@cliente.test", sender)
    cast.queue("p1@cliente.test", sender)
    suppress("p0@cliente.test", Suppression.Reason.OPERATOR, now=cast.NOON)
    assert take(sender, 1) == []
    assert [job.address for job in take(sender, 1)] == ["p1@cliente.test"]


@pytest.mark.django_db
def test_giving_back_leaves_no_trace() -> None:
    cast.go_live()
    sender = cast.sender(9)
    message = cast.queue("ana@cliente.test", sender)
    give_back(take(sender))
    message.refresh_from_db()
    assert (message.state, message.attempt, message.claim_token) == (State.READY, 0, "")
    assert message.attempts.count() == 0


@pytest.mark.django_db
def test_r6_only_the_present_owner_can_mark_give_back_or_renew() -> None:
    cast.go_live()
    sender = cast.sender(9)
    message = cast.queue("ana@cliente.test", sender)
    (old,) = take(sender)
    assert reap(LATER) == 1
    Message.objects.update(next_at=cast.NOON)
    (new,) = take(sender)
    assert commit_group(CommitGroup(marks=[old]), now=LATER) == set()
    give_back([old])
    renew([old], lease=timedelta(hours=1), now=LATER)
    message.refresh_from_db()
    assert (message.claim_token, message.state) == (new.token, State.CLAIMED)
    assert message.lease_until == cast.NOON + timedelta(seconds=120)
    assert commit_group(CommitGroup(marks=[new]), now=LATER) == {message.pk}


@pytest.mark.django_db
def test_the_heartbeat_keeps_a_claim_alive() -> None:
    cast.go_live()
    sender = cast.sender(9)
    cast.queue("ana@cliente.test", sender)
    jobs = take(sender)
    renew(jobs, lease=timedelta(seconds=120), now=cast.NOON + timedelta(seconds=30))
    assert reap(LATER) == 0
    assert reap(LATER + timedelta(seconds=30)) == 1


@pytest.mark.django_db
def test_the_reaper_leaves_what_is_not_his() -> None:
    cast.go_live()
    cast.queue("ana@cliente.test", cast.sender(9))
    assert reap(LATER) == 0
    assert expire(cast.NOON + timedelta(hours=23)) == 0
    assert expire(cast.NOON + timedelta(hours=25)) == 1
    assert Message.objects.get().state == State.EXPIRED


@pytest.mark.django_db
def test_a_doubt_that_came_too_late_asks_a_person_instead_of_repeating() -> None:
    cast.go_live()
    sender = cast.sender(9)
    message = cast.queue("ana@cliente.test", sender)
    commit_group(CommitGroup(marks=take(sender)), now=cast.NOON)
    reap(cast.NOON + timedelta(hours=25))
    message.refresh_from_db()
    assert message.state == State.IN_DOUBT
