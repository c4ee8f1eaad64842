"""Delays and classification as pure functions (R14, R15, R21)."""

from datetime import timedelta
from random import Random

import pytest

from emailketing.channels.base import Handover, Phase, Reply
from emailketing.channels.email.replies import Nonsense, ReplyReader, enhanced_code, retry_after
from emailketing.outbox.classes import HABITS, expiry
from emailketing.outbox.job import Job
from emailketing.outbox.models import MailClass
from emailketing.outbox.retry import account_pause, connection_pause, delay, next_try
from emailketing.outbox.verdict import judge
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


@pytest.mark.parametrize(
    ("code", "enhanced", "phase", "state", "reason"),
    [
        (250, "2.0.0", Phase.DOT, "accepted", ""),
        (0, "", Phase.DOT, "ready", "in_doubt"),
        (0, "", Phase.DATA, "deferred", "connection"),
        (0, "", Phase.CONNECT, "deferred", "connection"),
        (421, "4.3.2", Phase.MAIL, "deferred", "temporary"),
        (451, "4.3.0", Phase.DOT, "deferred", "temporary"),
        (535, "5.7.8", Phase.MAIL, "ready", "account"),
        (530, "5.7.0", Phase.MAIL, "ready", "account"),
        (550, "5.4.4", Phase.RCPT, "deferred", "temporary"),
        (550, "5.1.1", Phase.RCPT, "failed", "address"),
        (550, "5.1.10", Phase.DOT, "failed", "address"),
        (553, "5.1.3", Phase.MAIL, "failed", "refused"),
        (552, "5.3.4", Phase.DOT, "failed", "content"),
        (554, "5.7.1", Phase.DOT, "failed", "policy"),
        (550, "5.2.2", Phase.RCPT, "failed", "mailbox_full"),
        (554, "", Phase.DOT, "failed", "refused"),
    ],
)
def test_r15_the_table(code: int, enhanced: str, phase: Phase, state: str, reason: str) -> None:
    verdict = judge(Handover(phase, Reply(code, enhanced, "x")), job(), now=NOON, dice=dice_of())
    assert (verdict.state, verdict.reason) == (state, reason)
    assert verdict.suppresses is (reason == "address")


def test_the_last_try_before_the_end_fails_and_keeps_the_error() -> None:
    late = NOON + DAY - timedelta(seconds=10)
    handover = Handover(Phase.RCPT, Reply(450, "4.2.0", "greylisted"))
    verdict = judge(handover, job(), now=late, dice=dice_of())
    assert (verdict.state, verdict.reason) == ("failed", "expired")
    assert "greylisted" in verdict.detail


def test_a_doubt_too_late_to_repeat_asks_a_person() -> None:
    late = NOON + DAY - timedelta(seconds=10)
    verdict = judge(Handover(Phase.DOT, Reply(0, text="x")), job(), now=late, dice=dice_of())
    assert verdict.state == "in_doubt"


def test_r17_delays_grow_and_scatter_by_a_fifth() -> None:
    dice = dice_of()
    for attempt, minutes in enumerate((1, 5, 15, 30, 60, 120, 240, 240), start=1):
        for _ in range(50):
            found = delay(attempt, dice) / timedelta(minutes=minutes)
            assert 0.8 <= found <= 1.2


def test_a_day_holds_about_twelve_attempts() -> None:
    now, attempts = NOON, 1
    while again := next_try(attempts, now=now, expires_at=NOON + DAY, dice=dice_of(attempts)):
        now, attempts = again, attempts + 1
    assert 9 <= attempts <= 13


def test_r21_rests_grow() -> None:
    assert [connection_pause(n) for n in (1, 4)] == [None, None]
    assert [account_pause(n) / timedelta(minutes=1) for n in (1, 2, 3, 6, 50)] == [1, 2, 4, 30, 30]
    assert connection_pause(5) == timedelta(minutes=1)


def test_lifetimes() -> None:
    for mail_class, habits in HABITS.items():
        end = expiry(mail_class, NOON, "America/Asuncion")
        assert end == NOON + (habits.lifetime or timedelta(hours=12))
    assert HABITS[MailClass.MARKETING].in_doubt == "hold"


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
