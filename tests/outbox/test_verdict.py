"""What an outcome means for the message, as pure functions: the whole table (R14, R15)."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from django.utils import translation

from emailketing.channels.base import Handover, Phase, Reply, ReplyKind
from emailketing.channels.email.replies import Nonsense, ReplyReader, enhanced_code, retry_after
from emailketing.outbox.classes import POLICIES, expiry
from emailketing.outbox.job import Job
from emailketing.outbox.models import MailClass
from emailketing.outbox.sending.verdict import Verdict, judge, kept, unwritable
from tests.outbox.cast import NOON

DAY = timedelta(days=1)


def dice_of(seed: int = 1) -> Random:
    return Random(seed)  # noqa: S311 - scatters, guards nothing


def job(attempt: int = 1, policy: str = "retry") -> Job:
    return Job(
        id=1,
        token="t",  # noqa: S106 - a claim token of a test
        attempt=attempt,
        sender_id=1,
        priority=10,
        dispatch_id=1,
        revision_id=1,
        scope="installation",
        trigger="rule:1",
        address="ana@cliente.test",
        name="",
        from_name="",
        from_address="ventas@estacion.test",
        reply_to="",
        language="es",
        fields={},
        mail_class="transactional",
        message_id="<1@estacion.test>",
        not_before=NOON,
        expires_at=NOON + DAY,
        in_doubt_policy=policy,
        crash_count=0,
        is_redirected=False,
    )


def verdict_of(handover: Handover, of: Job | None = None, now: datetime = NOON) -> Verdict:
    return judge(handover, of or job(), now=now, dice=dice_of())


@pytest.mark.parametrize(
    ("code", "enhanced", "phase", "state", "reason"),
    [
        (250, "2.0.0", Phase.DOT, "accepted", ""),
        # in doubt: nothing was heard after the dot
        (0, "", Phase.DOT, "ready", "in_doubt"),
        # for the time being, not in doubt
        (0, "", Phase.DATA, "deferred", "connection"),
        (0, "", Phase.CONNECT, "deferred", "connection"),
        (421, "4.3.2", Phase.MAIL, "deferred", "temporary"),
        (450, "4.2.0", Phase.RCPT, "deferred", "temporary"),
        (451, "4.3.0", Phase.DOT, "deferred", "temporary"),
        (499, "", Phase.DOT, "deferred", "temporary"),
        (550, "5.4.4", Phase.RCPT, "deferred", "temporary"),
        # the sender
        (530, "5.7.0", Phase.MAIL, "ready", "account"),
        (534, "5.7.9", Phase.MAIL, "ready", "account"),
        (535, "5.7.8", Phase.MAIL, "ready", "account"),
        (538, "5.7.11", Phase.MAIL, "ready", "account"),
        # the address does not exist
        (550, "5.1.1", Phase.RCPT, "failed", "address"),
        (550, "5.1.2", Phase.RCPT, "failed", "address"),
        (550, "5.1.3", Phase.RCPT, "failed", "address"),
        (550, "5.1.6", Phase.RCPT, "failed", "address"),
        (550, "5.1.10", Phase.DOT, "failed", "address"),
        (550, "5.2.1", Phase.RCPT, "failed", "address"),
        (553, "5.1.3", Phase.MAIL, "failed", "refused"),  # that is our own address
        # the message itself
        (552, "5.3.4", Phase.DOT, "failed", "content"),
        (554, "5.3.4", Phase.DOT, "failed", "content"),
        (554, "5.2.3", Phase.DOT, "failed", "content"),
        (552, "", Phase.DOT, "failed", "content"),
        # its policy: never says anything about the address
        (554, "5.7.1", Phase.DOT, "failed", "policy"),
        (550, "5.7.515", Phase.DOT, "failed", "policy"),
        (550, "5.7.30", Phase.DOT, "failed", "policy"),
        (552, "5.7.0", Phase.DOT, "failed", "policy"),  # as Gmail refuses a program as a file
        # a full mailbox, with both codes that are in use
        (550, "5.2.2", Phase.RCPT, "failed", "mailbox_full"),
        (552, "5.2.2", Phase.RCPT, "failed", "mailbox_full"),
        # all other refusals
        (500, "", Phase.DOT, "failed", "refused"),
        (550, "5.4.1", Phase.RCPT, "failed", "refused"),
        (554, "", Phase.DOT, "failed", "refused"),
    ],
)
def test_r15_the_table(code: int, enhanced: str, phase: Phase, state: str, reason: str) -> None:
    verdict = verdict_of(Handover(phase, Reply(code, enhanced, "x")))
    assert (verdict.state, verdict.reason) == (state, reason)
    assert verdict.suppresses is (reason == "address")
    assert (verdict.next_at is None) is (state in {"accepted", "failed"})
    assert (verdict.phase, verdict.reply.code) == (phase, code)


@pytest.mark.parametrize(
    ("reply", "state", "reason", "suppresses"),
    [
        (Reply(0, kind=ReplyKind.ACCEPTED), "accepted", "", False),
        (Reply(0, kind=ReplyKind.LATER), "deferred", "temporary", False),
        (Reply(0, kind=ReplyKind.ACCOUNT), "ready", "account", False),
        (Reply(0, kind=ReplyKind.ADDRESS), "failed", "address", True),
        (Reply(0, kind=ReplyKind.REFUSED), "failed", "refused", False),
        # its meaning goes before its number, which is of another book than SMTP's
        (Reply(535, kind=ReplyKind.REFUSED), "failed", "refused", False),
        (Reply(552, kind=ReplyKind.REFUSED), "failed", "refused", False),
        (Reply(550, "5.1.1", kind=ReplyKind.LATER), "deferred", "temporary", False),
    ],
)
def test_r15_a_channel_without_smtp_codes_says_what_it_means(
    reply: Reply, state: str, reason: str, suppresses: bool
) -> None:
    verdict = verdict_of(Handover(Phase.DOT, reply))
    assert (verdict.state, verdict.reason, verdict.suppresses) == (state, reason, suppresses)


@pytest.mark.parametrize(
    "reply", [Reply(550, "5.1.1", "no such user"), Reply(0, kind=ReplyKind.ADDRESS)]
)
def test_r15_what_the_sandbox_refuses_never_suppresses_the_real_address(reply: Reply) -> None:
    handover = Handover(Phase.RCPT, reply)
    redirected = verdict_of(handover, replace(job(), is_redirected=True))
    assert (redirected.state, redirected.reason) == ("failed", "address")
    assert redirected.suppresses is False
    assert verdict_of(handover).suppresses is True


@pytest.mark.parametrize(
    ("state", "outcome", "handover"),
    [
        ("accepted", "accepted", Handover(Phase.DOT, Reply(250))),
        ("ready", "in_doubt", Handover(Phase.DOT, Reply(0))),
        ("ready", "account", Handover(Phase.MAIL, Reply(535))),
        ("deferred", "deferred", Handover(Phase.MAIL, Reply(421))),
        ("failed", "failed", Handover(Phase.RCPT, Reply(550))),
    ],
)
def test_the_attempt_is_told_its_own_outcome(state: str, outcome: str, handover: Handover) -> None:
    verdict = verdict_of(handover)
    assert (verdict.state, verdict.outcome) == (state, outcome)


@pytest.mark.parametrize(
    ("handover", "detail"),
    [
        (Handover(Phase.DOT, Reply(250, text="queued"), note="too big a file"), "too big a file"),
        (Handover(Phase.DOT, Reply(250, text="queued")), ""),
        (
            Handover(Phase.DOT, Reply(0, text="lost")),
            "Nobody knows whether the server took it: lost.",
        ),
        (Handover(Phase.MAIL, Reply(535, text="bad password")), "bad password"),
        (Handover(Phase.CONNECT, Reply(0, text="no route")), "no route"),
        (Handover(Phase.RCPT, Reply(450, "4.2.0", "grey")), "The server answered: 450 4.2.0 grey"),
        (Handover(Phase.RCPT, Reply(554, text="go away")), "The server answered: 554 go away"),
        (Handover(Phase.RCPT, Reply(550, text="we refused", is_ours=True)), "we refused"),
        # a channel without SMTP's codes writes its own sentence
        (Handover(Phase.DOT, Reply(88, text="It is full.", kind=ReplyKind.REFUSED)), "It is full."),
    ],
)
def test_the_detail_says_whose_words_they_are(handover: Handover, detail: str) -> None:
    with translation.override("en"):
        assert verdict_of(handover).detail == detail


def test_m4_the_far_sides_number_is_kept_whatever_becomes_of_it() -> None:
    for code in (250, 451, 550):
        assert verdict_of(Handover(Phase.DOT, Reply(code), reference="a b")).reference == "a b"
        assert verdict_of(Handover(Phase.DOT, Reply(code))).reference == ""


def test_words_that_every_database_can_keep_are_kept_as_they_are() -> None:
    handover = Handover(Phase.DOT, Reply(250, "2.0.0", "queued as ñ7"), reference="7")
    assert kept(handover) == handover


def test_what_no_database_can_keep_is_taken_out_of_an_answer() -> None:
    found = kept(Handover(Phase.DOT, Reply(250, "2.0.0", "o\0k\ud800"), reference="7\0"))
    assert found == Handover(Phase.DOT, Reply(250, "2.0.0", "o k"), reference="7 ")


@pytest.mark.parametrize(
    ("reply", "least"),
    [
        (Reply(451, text="try again in 7200 seconds"), 7200),
        (Reply(451, text="try again in 9 hours"), 4 * 3600),
        (Reply(0, kind=ReplyKind.LATER, wait=timedelta(hours=2)), 7200),
        # words for people are no order where the channel has a field for it
        (Reply(0, kind=ReplyKind.LATER, text="try again in 7200 seconds"), None),
    ],
)
def test_r14_it_waits_as_long_as_the_far_side_asks(reply: Reply, least: int | None) -> None:
    verdict = verdict_of(Handover(Phase.MAIL, reply))
    assert verdict.next_at is not None
    waits = verdict.next_at - NOON
    assert waits == timedelta(seconds=least) if least else waits < timedelta(seconds=73)


def test_a_refused_sender_takes_no_message_before_its_own_time() -> None:
    refused = Handover(Phase.MAIL, Reply(535))
    early = replace(job(), not_before=NOON - timedelta(hours=1))
    late = replace(job(), not_before=NOON + timedelta(hours=1))
    assert verdict_of(refused, early).next_at == NOON
    assert verdict_of(refused, late).next_at == NOON + timedelta(hours=1)


def test_the_last_try_before_the_end_fails_and_keeps_the_error() -> None:
    late = NOON + DAY - timedelta(seconds=10)
    verdict = verdict_of(Handover(Phase.RCPT, Reply(450, "4.2.0", "greylisted")), now=late)
    assert (verdict.state, verdict.outcome, verdict.reason) == ("failed", "failed", "expired")
    assert verdict.next_at is None
    assert "greylisted" in verdict.detail


def test_r4_a_doubt_is_repeated_or_asked_about_by_the_messages_class() -> None:
    doubtful = Handover(Phase.DOT, Reply(0, text="lost"))
    repeated, asked = verdict_of(doubtful), verdict_of(doubtful, job(policy="hold"))
    assert repeated.state == "ready"
    assert repeated.next_at is not None
    assert (asked.state, asked.reason, asked.next_at) == ("in_doubt", "in_doubt", None)


@pytest.mark.parametrize(("reason", "state"), [("attachment", "held"), ("render", "failed")])
def test_r25_what_cannot_be_written_out_waits_only_for_a_file(reason: str, state: str) -> None:
    verdict = unwritable(reason, "It cannot be written.")
    assert (verdict.state, verdict.outcome, verdict.reason) == (state, "failed", reason)
    assert verdict.phase is Phase.CLAIMED
    assert (verdict.detail, verdict.reply.text) == ("It cannot be written.",) * 2
    assert not verdict.reply.is_answer
    assert verdict.reference == ""


def test_a_doubt_too_late_to_repeat_asks_a_person() -> None:
    late = NOON + DAY - timedelta(seconds=10)
    verdict = verdict_of(Handover(Phase.DOT, Reply(0, text="x")), now=late)
    assert (verdict.state, verdict.next_at) == ("in_doubt", None)


def test_lifetimes() -> None:
    for mail_class, policy in POLICIES.items():
        end = expiry(mail_class, NOON, "America/Asuncion")
        assert end == NOON + (policy.lifetime or timedelta(hours=12))
    assert POLICIES[MailClass.MARKETING].in_doubt == "hold"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4.7.0 try again in 300 seconds", 300),
        ("greylisted, retry in 5 minutes", 300),
        ("please wait 10 min", 600),
        ("try again after 2 hours", 7200),
        ("retry-after: in 30s", 30),
        ("mailbox 3 is full", None),
        ("", None),
    ],
)
def test_r14_times_in_words(text: str, seconds: int | None) -> None:
    found = retry_after(text)
    assert found == (timedelta(seconds=seconds) if seconds else None)


def test_replies_in_pieces_and_in_several_lines() -> None:
    reader = ReplyReader()
    assert reader.feed(b"250-2.0") == []
    assert reader.feed(b".0 one\r\n250 2.0.0 two\r\n354 go") == [Reply(250, "2.0.0", "one two")]
    assert [reply.code for reply in reader.feed(b" on\r\n250 2.1.0 ok\r\n")] == [354, 250]


@pytest.mark.parametrize(
    "data", [b"hello\r\n", b"25x ok\r\n", b"250?ok\r\n", b"250-" + b"x" * 40_000]
)
def test_what_is_not_smtp_is_refused(data: bytes) -> None:
    with pytest.raises(Nonsense):
        ReplyReader().feed(data)


def test_enhanced_codes() -> None:
    assert enhanced_code("5.1.10 x") == "5.1.10"
    assert enhanced_code("x 5.1.1") == ""
