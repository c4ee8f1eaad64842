"""Marks and results of a group: one text, all or nothing, brakes and fences in it (R3, R6, S34)."""

from copy import copy
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from django.db import IntegrityError, connection

from emailketing.channels.base import Handover, Phase, Reply
from emailketing.common.own_dialect import is_a_file
from emailketing.company.models import INSTALLATION, Company, SafeMode
from emailketing.contacts.models import Address, Suppression
from emailketing.outbox.classes import BULK, URGENT
from emailketing.outbox.job import Job
from emailketing.outbox.models import MailClass, Message, State
from emailketing.outbox.policy import read_brakes, stops
from emailketing.outbox.sending import settle
from emailketing.outbox.sending.claim import ClaimLimit, claim
from emailketing.outbox.sending.reclaim import reap
from emailketing.outbox.sending.settle import CommitGroup, Result, commit_group
from emailketing.outbox.sending.sql import PLAN_ANEW, write_together
from emailketing.outbox.sending.verdict import Verdict
from tests.outbox import cast

pytestmark = pytest.mark.django_db
OWN = "source:estacion"
ACCEPTED = Verdict(State.ACCEPTED, "accepted", Phase.DOT, Reply(250, "2.0.0", "Ok"), detail="")


def claimed(*, scope: str = INSTALLATION) -> Job:
    sender = cast.sender(9)
    cast.queue("ana@cliente.test", sender, scope=scope)
    (job,) = claim(ClaimLimit(sender.pk, URGENT, 1), read_brakes(), now=cast.NOON)
    return job


def result(job: Job) -> Result:
    return Result(job, ACCEPTED, "peer", cast.NOON)


def test_s34_the_mark_asks_the_brakes_as_the_claim_does() -> None:
    cast.go_live()
    job = claimed(scope=OWN)
    SafeMode.objects.create(scope=OWN, since=cast.NOON, confirmed_at=cast.NOON)  # over: no brake
    held = []
    for stopped, live, safe, redirected in product(
        (False, True), (False, True), (None, INSTALLATION, OWN, "source:otra"), (False, True)
    ):
        Company.objects.update(is_stopped=stopped, is_live=live)
        Message.objects.update(is_redirected=redirected, state=State.CLAIMED)
        SafeMode.objects.filter(confirmed_at=None).delete()
        if safe:
            SafeMode.objects.create(scope=safe, since=cast.NOON)
        may_leave = not stopped and (redirected or not read_brakes().redirects(OWN))
        marked = commit_group(CommitGroup(marks=[job]), now=cast.NOON)
        assert marked == ({job.id} if may_leave else set()), (stopped, live, safe, redirected)
        held.append(may_leave)
    assert held.count(True) == 8 + 2  # every redirected one that is not stopped, two real ones


@pytest.mark.django_db(transaction=True)
def test_r3_a_group_is_written_whole_or_not_at_all() -> None:
    cast.go_live()
    job = claimed()
    values = settle._settle_values(result(job), cast.NOON)
    with pytest.raises(IntegrityError):
        write_together(
            (settle._SETTLE, [values]),
            (settle._END_ATTEMPT, [(None,) * 8 + (job.id, job.attempt)]),
        )
    assert Message.objects.get().state == State.CLAIMED
    assert commit_group(CommitGroup([job], [result(job)]), now=cast.NOON) == {job.id}
    message = Message.objects.get()
    assert (message.state, message.claim_token) == (State.ACCEPTED, "")
    assert message.attempts.get().outcome == "accepted"


@pytest.mark.parametrize("is_claimed_anew", [False, True])
def test_r6_a_250_that_comes_after_the_lease_settles_what_nobody_has_claimed_since(
    is_claimed_anew: bool,
) -> None:
    cast.go_live()
    job = claimed()
    commit_group(CommitGroup(marks=[job]), now=cast.NOON)
    later = cast.NOON + timedelta(minutes=12)
    assert reap(later) == 1
    if is_claimed_anew:
        Message.objects.update(next_at=cast.NOON)
        claim(ClaimLimit(job.sender_id, URGENT, 1), read_brakes(), now=later)
    commit_group(CommitGroup(results=[result(job)]), now=later)
    expected = State.CLAIMED if is_claimed_anew else State.ACCEPTED
    assert Message.objects.get().state == expected


def test_a_failure_that_comes_after_the_lease_changes_nothing() -> None:
    cast.go_live()
    job = claimed()
    commit_group(CommitGroup(marks=[job]), now=cast.NOON)
    reap(cast.NOON + timedelta(minutes=12))
    before = Message.objects.get().state
    refused = Handover(Phase.DOT, Reply(550, "5.7.1", "No"))
    verdict = Verdict(State.FAILED, "refused", refused.phase, refused.reply, detail="No")
    commit_group(CommitGroup(results=[Result(job, verdict, "", cast.NOON)]), now=cast.NOON)
    assert Message.objects.get().state == before


def many_more(message: Message, count: int) -> None:
    """Keep as many messages beside it as make looking them all through dearer than to look up."""
    copies = []
    for number in range(count):
        one = copy(message)
        one.pk, one.address = None, f"a{number}@cliente.test"
        one.message_id, one.state = f"<{number}@estacion.test>", State.ACCEPTED
        copies.append(one)
    Message.objects.bulk_create(copies)


@pytest.mark.skipif(is_a_file(), reason="in the second round: SQLite plans each text anew")
@pytest.mark.django_db(transaction=True)
def test_on_postgresql_a_plan_for_a_small_table_is_not_kept_for_long() -> None:
    connection.close()
    cast.go_live()
    job = claimed()
    for run in range(PLAN_ANEW + 1):
        if run == 1:
            many_more(Message.objects.get(), 3_000)
        Message.objects.filter(pk=job.id).update(state=State.CLAIMED, claim_token=job.token)
        commit_group(CommitGroup([job], [result(job)]), now=cast.NOON)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, generic_plans, custom_plans FROM pg_prepared_statements")
        kept = {name: (generic, custom) for name, generic, custom in cursor.fetchall()}
        assert kept == dict.fromkeys(("mark", "settle", "end_attempt"), (PLAN_ANEW + 1, 0))
        for name in kept:
            cursor.execute(f"EXPLAIN EXECUTE {name} ('[]', 1)")
            assert "Seq Scan on outbox_message" not in "\n".join(
                row[0] for row in cursor.fetchall()
            )


def test_u4_the_mark_asks_the_suppressions_as_the_claim_does() -> None:
    cast.go_live()
    sender = cast.sender(9)
    said = list(
        product(
            Suppression.Reason.values,
            ("", MailClass.REPORT, MailClass.DOCUMENT),  # of which class
            ("", "report:7", "report:8"),  # or for which reason
            Address.Kind.values,
            (MailClass.SECURITY, MailClass.DOCUMENT, MailClass.REPORT, MailClass.MARKETING),
        )
    )
    for number, (*_suppression, mail_class) in enumerate(said):
        trigger, address = "report:7", f"p{number}@cliente.test"
        cast.queue(address, sender, key=str(number), mail_class=mail_class, trigger=trigger)
    jobs = claim(ClaimLimit(sender.pk, URGENT + BULK, len(said)), read_brakes(), now=cast.NOON)
    by_address = {job.address: job for job in jobs}
    marks, expected = [], set()
    for number, (reason, of_class, about, kind, mail_class) in enumerate(said):
        job = by_address[f"p{number}@cliente.test"]
        marks.append(replace(job, channel="sms") if kind == Address.Kind.PHONE else job)
        one = Suppression(reason=reason, mail_class=of_class, about=about, kind=kind)
        one.value, one.at = job.address, cast.NOON
        one.save()
        if not stops(one, mail_class, job.trigger):
            expected.add(job.id)
    assert commit_group(CommitGroup(marks=marks), now=cast.NOON) == expected
    assert 0 < len(expected) < len(marks) == len(said)
