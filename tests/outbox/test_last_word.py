"""Who said no is marked as being written to no more: the commit that comes first holds (U4)."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.db import transaction

from emailketing.channels.models import Sender
from emailketing.common.own_dialect import is_a_file
from emailketing.contacts.models import Suppression
from emailketing.contacts.suppress import Told, lift, opt_out, suppress
from emailketing.outbox.classes import BULK, URGENT
from emailketing.outbox.job import Job
from emailketing.outbox.models import Message, State
from emailketing.outbox.policy import read_brakes
from emailketing.outbox.queueing.dispatch import MailClass
from emailketing.outbox.sending.claim import ClaimLimit, claim
from emailketing.outbox.sending.settle import CommitGroup, commit_group
from tests.far_side import FarSide
from tests.outbox import cast

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, GROUP = 240, 6
ANA = "ana@cliente.test"
SOON = 0.2  # seconds: what is to be waited for has not happened by then


@pytest.fixture
def sender() -> Sender:
    cast.go_live()
    return cast.sender(9)


def taken(sender: Sender, most: int = PEOPLE) -> list[Job]:
    return claim(ClaimLimit(sender.pk, URGENT + BULK, most), read_brakes(), now=cast.NOON)


def mark(jobs: list[Job]) -> set[int]:
    return commit_group(CommitGroup(marks=jobs), now=cast.NOON)


def is_marked(message_id: int) -> bool:
    return Message.objects.filter(pk=message_id, state=State.TRANSMITTING).exists()


def in_a_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=cast.aside(work))
    thread.start()
    return thread


@dataclass
class Opting:
    """Says no for one after the other, and looks each time who was marked before."""

    jobs: list[Job]
    seen: dict[int, bool] = field(default_factory=dict)
    has_begun: threading.Event = field(default_factory=threading.Event)
    may_go_on: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        for job in self.jobs:
            opt_out(job.address, job.mail_class, now=cast.NOON)
            self.seen[job.id] = is_marked(job.id)
            self.has_begun.set()
            assert self.may_go_on.wait(30)


def test_u4_no_mark_is_committed_after_the_no_was(sender: Sender) -> None:
    for number in range(PEOPLE):
        cast.queue(f"p{number}@cliente.test", sender, mail_class=MailClass.REPORT)
    jobs = taken(sender)
    assert len(jobs) == PEOPLE
    opting = Opting(jobs[::-1])  # from the other end: they meet in the middle
    thread = in_a_thread(opting.run)
    assert opting.has_begun.wait(30)
    marked = mark(jobs[:GROUP])
    opting.may_go_on.set()
    for start in range(GROUP, PEOPLE, GROUP):
        marked |= mark(jobs[start : start + GROUP])
    thread.join(60)
    assert len(opting.seen) == PEOPLE
    # a mark that came later than the look came later than the commit of the “no”
    assert {number for number, was in opting.seen.items() if was} == marked
    assert 0 < len(marked) < PEOPLE, "they never met: nothing was tried"


def test_u4_a_no_that_is_being_written_is_waited_for(sender: Sender) -> None:
    cast.queue(ANA, sender, mail_class=MailClass.REPORT)
    jobs, marked, is_done = taken(sender), set[int](), threading.Event()

    def mark_it() -> None:
        marked.update(mark(jobs))
        is_done.set()

    with transaction.atomic():
        opt_out(ANA, MailClass.REPORT, now=cast.NOON)
        thread = in_a_thread(mark_it)
        assert not is_done.wait(SOON)
    thread.join(30)
    assert is_done.is_set()
    assert marked == set()


def test_u4_a_mark_that_is_being_written_keeps_the_no_waiting(sender: Sender) -> None:
    message = cast.queue(ANA, sender, mail_class=MailClass.REPORT)
    jobs, is_done = taken(sender), threading.Event()

    def say_no() -> None:
        opt_out(ANA, MailClass.REPORT, now=cast.NOON)
        is_done.set()

    with transaction.atomic():
        assert mark(jobs) == {message.pk}
        thread = in_a_thread(say_no)
        assert not is_done.wait(SOON)
    thread.join(30)
    assert is_done.is_set()
    assert is_marked(message.pk)


def test_several_may_mark_beside_one_another(sender: Sender) -> None:
    cast.queue(ANA, sender)
    cast.queue("beto@cliente.test", sender)
    first, second = taken(sender)
    with transaction.atomic():
        assert mark([first]) == {first.id}
        thread = in_a_thread(lambda: mark([second]))
        if (
            is_a_file()
        ):  # one writes at a time there, whatever he writes: he waits, and loses nothing
            thread.join(SOON)
            assert thread.is_alive()
        else:
            thread.join(30)
            assert is_marked(second.id)
    thread.join(30)
    assert not thread.is_alive()
    assert is_marked(first.id)
    assert is_marked(second.id)


def test_u4_a_no_during_the_hand_over_stops_the_dot(far: FarSide) -> None:
    cast.go_live()
    message = cast.queue(ANA, cast.sender(far.port), mail_class=MailClass.REPORT)
    far.script("rcpt", ANA, cast.aside(lambda: opt_out(ANA, "report", now=cast.NOON)))
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.SUPPRESSED)
    assert far.received == []
    assert (message.reason, message.attempt) == ("opt_out", 0)


@pytest.mark.parametrize("reason", Suppression.Reason.values)
def test_b5_at_the_mark_as_at_the_claim(sender: Sender, reason: str) -> None:
    own = cast.queue(ANA, sender, mail_class=MailClass.TRANSACTIONAL)
    report = cast.queue(ANA, sender, key="report", mail_class=MailClass.REPORT)
    jobs = taken(sender)
    suppress(ANA.upper(), Suppression.Reason(reason), now=cast.NOON)
    stops_all = reason in (Suppression.Reason.BOUNCE, Suppression.Reason.OPERATOR)
    assert mark(jobs) == (set() if stops_all else {own.pk})
    assert report.pk not in mark(jobs)


def test_one_reason_to_write_is_ended_and_the_others_go_on(sender: Sender) -> None:
    daily = cast.queue(ANA, sender, key="1", mail_class=MailClass.REPORT, trigger="report:7")
    weekly = cast.queue(ANA, sender, key="2", mail_class=MailClass.REPORT, trigger="report:8")
    jobs = taken(sender)
    opt_out(ANA, "report", about="report:7", now=cast.NOON, told=Told(via="page"))
    assert mark(jobs) == {weekly.pk}
    Message.objects.filter(pk=daily.pk).update(state=State.READY)
    assert taken(sender) == []
    daily.refresh_from_db()
    assert daily.state == State.SUPPRESSED
    third = cast.queue(ANA, sender, key="3", mail_class=MailClass.REPORT, trigger="report:7")
    assert third.state == State.SUPPRESSED
    assert lift(ANA, mail_class="report") is False
    assert lift(ANA, mail_class="report", about="report:7")
