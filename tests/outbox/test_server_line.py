"""Groups that go to PostgreSQL from the event loop: as by the thread, and it goes on (R3, U4).

Whatever ends in between leaves nothing half written, and the next group finds a new connection.
"""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from psycopg import sql

from emailketing.channels.base import Phase, Reply
from emailketing.common.own_dialect import is_a_file
from emailketing.contacts.suppress import LAST_WORD, opt_out
from emailketing.outbox.classes import BULK, URGENT
from emailketing.outbox.job import Job
from emailketing.outbox.models import Attempt, MailClass, Message, State
from emailketing.outbox.policy import read_brakes
from emailketing.outbox.sending import settle
from emailketing.outbox.sending.claim import ClaimLimit, claim
from emailketing.outbox.sending.engine import new_event_loop
from emailketing.outbox.sending.server_line import ServerLine
from emailketing.outbox.sending.settle import CommitGroup, Result, queue_of, writings_of
from emailketing.outbox.sending.verdict import Verdict
from tests.journeys.conftest import POSTGRES
from tests.outbox import cast

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(is_a_file(), reason="in the second round: SQLite is written by the thread"),
]
T = TypeVar("T")
ACCEPTED = Verdict(
    State.ACCEPTED, "accepted", Phase.DOT, Reply(250, "2.0.0", "O'k \\ %s"), detail=""
)
SOON = 0.2  # seconds: what is to be waited for has not happened by then


def on_a_line(work: Callable[[ServerLine], Awaitable[T]]) -> T:
    async def scene() -> T:
        line = ServerLine()
        try:
            return await work(line)
        finally:
            await line.close()

    with asyncio.Runner(loop_factory=new_event_loop) as runner:  # as the engine has it
        return runner.run(scene())


def commit_each(*groups: CommitGroup) -> list[set[int]]:
    async def scene(line: ServerLine) -> list[set[int]]:
        return [await commit(line, group) for group in groups]

    return on_a_line(scene)


async def commit(line: ServerLine, group: CommitGroup) -> set[int]:
    return (await line.write(*writings_of(group, now=cast.NOON), beside=queue_of(group)))[0]


def claimed(count: int = 1) -> list[Job]:
    cast.go_live()
    sender = cast.sender(9)
    for number in range(count):
        cast.queue(f"p{number}@cliente.test", sender, mail_class=MailClass.REPORT)
    return claim(ClaimLimit(sender.pk, URGENT + BULK, count), read_brakes(), now=cast.NOON)


def accepted(jobs: list[Job]) -> list[Result]:
    return [Result(job, ACCEPTED, "peer", cast.NOON) for job in jobs]


def test_r3_marks_and_results_are_written_as_by_the_thread() -> None:
    jobs = claimed(12)
    first, rest = jobs[:6], jobs[6:]
    marked = commit_each(
        CommitGroup(marks=first), CommitGroup(marks=rest, results=accepted(first)), CommitGroup()
    )
    assert marked == [{job.id for job in first}, {job.id for job in rest}, set()]
    done = Message.objects.filter(pk__in=[job.id for job in first])
    assert set(done.values_list("state", "accepted_at")) == {(State.ACCEPTED, cast.NOON)}
    ends = Attempt.objects.filter(outcome="accepted")
    assert set(ends.values_list("reply", "peer", "code")) == {("O'k \\ %s", "peer", 250)}
    assert Message.objects.filter(state=State.TRANSMITTING).count() == 6


def test_r3_what_the_server_refuses_is_written_not_at_all_and_the_next_group_goes_on() -> None:
    (job,) = claimed()
    values = settle._settle_values(accepted([job])[0], cast.NOON)
    broken = (settle._END_ATTEMPT, [(None,) * 8 + (job.id, job.attempt)])

    async def scene(line: ServerLine) -> set[int]:
        with pytest.raises(IntegrityError):
            await line.write((settle._SETTLE, [values]), broken)
        return await commit(line, CommitGroup([job]))

    assert on_a_line(scene) == {job.id}
    assert Message.objects.get().state == State.TRANSMITTING


def test_a_connection_that_is_cut_is_an_error_of_one_group() -> None:
    jobs = claimed(2)

    async def scene(line: ServerLine) -> set[int]:
        await commit(line, CommitGroup(jobs[:1]))
        await asyncio.to_thread(cut_the_others)
        with pytest.raises(DatabaseError):
            await commit(line, CommitGroup(jobs[1:]))
        return await commit(line, CommitGroup(jobs[1:]))

    assert on_a_line(scene) == {jobs[1].id}
    assert set(Message.objects.values_list("state", flat=True)) == {State.TRANSMITTING}


@cast.aside
def cut_the_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE '%%EXECUTE mark%%'"
            " AND pid <> pg_backend_pid()"
        )


def test_a_server_that_refuses_us_is_an_error_of_each_group_until_it_takes_us_back() -> None:
    jobs = claimed(2)

    async def scene(line: ServerLine) -> set[int]:
        await commit(line, CommitGroup(jobs[:1]))
        with refused():
            for _ in range(3):
                with pytest.raises(DatabaseError):
                    await commit(line, CommitGroup(jobs[1:]))
        return await commit(line, CommitGroup(jobs[1:]))

    assert on_a_line(scene) == {jobs[1].id}
    assert set(Message.objects.values_list("state", flat=True)) == {State.TRANSMITTING}


@contextlib.contextmanager
def refused() -> Iterator[None]:
    """Have the server cut us, and let nobody in, as while it is restored or stops."""
    name = str(connection.settings_dict["NAME"])
    with psycopg.connect(POSTGRES, autocommit=True) as root:

        def allow(*, connections: bool) -> None:
            order = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
            root.execute(order.format(sql.Identifier(name), sql.Literal(connections)))

        allow(connections=False)
        root.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = %s AND query LIKE '%%EXECUTE mark%%'",
            [name],
        )
        try:
            yield
        finally:
            allow(connections=True)


def test_a_group_larger_than_the_wire_takes_at_once_is_written_whole() -> None:
    (job,) = claimed()
    many = CommitGroup(marks=[job] * 40_000)  # about ten megabytes of text
    assert commit_each(many) == [{job.id}]


def test_u4_a_no_that_is_being_written_is_waited_for_and_the_loop_goes_on() -> None:
    (job,) = claimed()
    ticks, is_waiting, outcome = [0], threading.Event(), list[set[int]]()

    async def scene(line: ServerLine) -> set[int]:
        marking = asyncio.ensure_future(commit(line, CommitGroup([job])))
        while not marking.done():
            await asyncio.sleep(0.01)
            ticks[0] += 1
            if ticks[0] > 5:
                is_waiting.set()
        return marking.result()

    with transaction.atomic():
        opt_out(job.address, MailClass.REPORT, now=cast.NOON)
        thread = threading.Thread(target=lambda: outcome.append(on_a_line(scene)))
        thread.start()
        assert is_waiting.wait(60)
        assert not outcome
    thread.join(60)
    assert outcome == [set()]


def test_a_group_that_was_given_up_does_not_disturb_the_next() -> None:
    (job,) = claimed()
    is_given_up = threading.Event()

    async def scene(line: ServerLine) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(SOON):
                await commit(line, CommitGroup([job]))
        is_given_up.set()
        await commit(line, CommitGroup([job]))

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LAST_WORD])
        thread = threading.Thread(target=lambda: on_a_line(scene))
        thread.start()
        assert is_given_up.wait(60)
    thread.join(60)
    assert not thread.is_alive()
    assert Message.objects.get().state == State.TRANSMITTING  # by the first or by the second
