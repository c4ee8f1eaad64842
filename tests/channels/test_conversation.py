"""The pipelined transaction: on which side of the final dot did it end? (R3, R8, R15)"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from emailketing.channels.base import Envelope, Handover, Phase
from emailketing.channels.email import conversation as wire
from emailketing.channels.email.account import Account
from emailketing.channels.email.connect import connect
from emailketing.channels.email.conversation import SmtpConversation
from tests.channels.raw_far_side import RawFarSide
from tests.far_side import HANG_UP, FarSide, Ways, far_side

Run = Callable[[Coroutine[Any, Any, Any]], Any]
BODY = b"Subject: x\r\nMessage-ID: <1@estacion.test>\r\n\r\nhola\r\n"
ANA = "ana@cliente.test"


def envelope(to: str = ANA, content: bytes = BODY) -> Envelope:
    return Envelope("ventas@estacion.test", to, content)


async def yes() -> bool:
    return True


async def open_to(far: FarSide) -> SmtpConversation:
    return await connect(Account("127.0.0.1", far.port, "plain"))


async def send(far: FarSide, *envelopes: Envelope) -> list[Handover]:
    line = await open_to(far)
    done = [await line.hand_over(one, yes) for one in envelopes]
    await line.close()
    return done


@pytest.fixture(params=[True, False], ids=["pipelined", "step by step"])
def ways(request: pytest.FixtureRequest) -> Ways:
    return Ways(pipelining=request.param)


def test_several_messages_go_over_one_connection(run: Run, ways: Ways) -> None:
    with far_side(ways) as far:
        done = run(send(far, envelope(), envelope("b@cliente.test"), envelope("c@cliente.test")))
    assert all(one.is_accepted for one in done)
    assert [mail.rcpt_to for mail in far.received] == [ANA, "b@cliente.test", "c@cliente.test"]
    assert far.connections == 1


@pytest.mark.parametrize(
    "content",
    [
        b"Subject: x\r\n\r\n.\r\n..\r\n.x\r\nend.\r\n",
        b".Subject: x\r\n\r\n\r\n.\r\n",
        b"Subject: x\r\n\r\nQUIT\r\nMAIL FROM:<evil@evil.test>\r\n",
    ],
)
def test_s4_dots_and_commands_in_the_text_are_text(run: Run, ways: Ways, content: bytes) -> None:
    with far_side(ways) as far:
        run(send(far, envelope(content=content), envelope("b@cliente.test")))
    assert far.received[0].content == content
    assert len(far.received) == 2


@pytest.mark.parametrize(
    ("phase", "where"), [("mail", Phase.MAIL), ("rcpt", Phase.RCPT), ("data", Phase.DOT)]
)
@pytest.mark.parametrize("answer", ["451 4.3.0 later", "550 5.1.1 no such user"])
def test_a_refusal_does_not_harm_the_next_message(
    run: Run, ways: Ways, phase: str, where: Phase, answer: str
) -> None:
    with far_side(ways) as far:
        far.script(phase, "ventas@estacion.test" if phase == "mail" else ANA, answer)
        done = run(send(far, envelope(), envelope("b@cliente.test")))
    assert (done[0].phase, done[0].reply.code) == (where, int(answer[:3]))
    assert done[0].reply.enhanced == answer[4:9]
    assert not done[0].is_accepted
    assert not done[0].is_in_doubt
    assert done[1].is_accepted
    assert [mail.rcpt_to for mail in far.received] == ["b@cliente.test"]


@pytest.mark.parametrize("phase", ["mail", "rcpt"])
def test_hanging_up_before_the_dot_is_no_doubt(run: Run, ways: Ways, phase: str) -> None:
    with far_side(ways) as far:
        far.script(phase, "*", HANG_UP)
        done = run(send(far, envelope()))
    assert done[0].is_closed
    assert not done[0].is_in_doubt
    assert done[0].phase is not Phase.DOT
    assert far.received == []


def test_hanging_up_after_the_dot_is_doubt(run: Run, ways: Ways) -> None:
    with far_side(ways) as far:
        far.script("data", ANA, HANG_UP)
        done = run(send(far, envelope()))
    assert done[0].is_in_doubt
    assert len(far.received) == 1


def test_silence_after_the_dot_is_doubt(
    run: Run, ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "DOT_WITHIN", 0.05)
    with RawFarSide({b".": b""}, pipelining=ways.pipelining) as raw:
        done = run(hand_over_once(raw.port))
    assert done.is_in_doubt
    assert done.is_closed


def test_silence_before_the_dot_is_no_doubt(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "COMMAND_WITHIN", 0.05)
    with RawFarSide({b"MAIL": b""}) as raw:
        done = run(hand_over_once(raw.port))
    assert not done.is_in_doubt
    assert done.is_closed
    assert done.is_silent


def test_r6_a_withdrawn_message_is_never_ended_with_a_dot(run: Run, ways: Ways) -> None:
    async def no() -> bool:
        return False

    async def withdraw(far: FarSide) -> Handover:
        line = await open_to(far)
        return await line.hand_over(envelope(), no)

    with far_side(ways) as far:
        done = run(withdraw(far))
        run(send(far, envelope("b@cliente.test")))
    assert done.is_fenced
    assert [mail.rcpt_to for mail in far.received] == ["b@cliente.test"]


def test_r3_an_error_while_marking_sends_no_dot(run: Run) -> None:
    async def fail() -> bool:
        raise RuntimeError

    async def hand_over(far: FarSide) -> None:
        line = await open_to(far)
        await line.hand_over(envelope(), fail)

    with far_side() as far:
        with pytest.raises(RuntimeError):
            run(hand_over(far))
        run(send(far, envelope("b@cliente.test")))
    assert [mail.rcpt_to for mail in far.received] == ["b@cliente.test"]


def test_r3_the_mark_comes_after_the_body_and_before_the_dot(run: Run) -> None:
    with RawFarSide() as raw:

        async def mark() -> bool:
            await asyncio.to_thread(raw.wait_for_text, BODY)
            return True

        async def scene() -> Handover:
            line = await connect(Account("127.0.0.1", raw.port, "plain"))
            done = await line.hand_over(envelope(), mark)
            await line.close()
            return done

        assert run(scene()).is_accepted
    assert raw.text == BODY + b".\r\n"


def test_the_next_message_begins_before_the_answer_to_the_last(run: Run) -> None:
    async def scene(far: FarSide) -> list[Handover]:
        line = await open_to(far)
        first, second = envelope(), envelope("b@cliente.test")
        done = [await line.hand_over(first, yes, lambda: second)]
        assert line.is_open
        done.append(await line.hand_over(second, yes))
        await line.close()
        return done

    with far_side() as far:
        done = run(scene(far))
    assert [one.is_accepted for one in done] == [True, True]
    assert [mail.rcpt_to for mail in far.received] == [ANA, "b@cliente.test"]


def test_r3_what_cannot_be_begun_with_is_met_before_the_mark(run: Run) -> None:
    marked: list[str] = []

    async def mark() -> bool:
        marked.append(ANA)
        return True

    async def scene(far: FarSide) -> None:
        line = await open_to(far)
        following = replace(envelope("b@cliente.test"), envid="\udcff")
        await line.hand_over(envelope(), mark, lambda: following)

    with far_side(Ways(extensions=("DSN",))) as far, pytest.raises(UnicodeEncodeError):
        run(scene(far))
    assert (marked, far.received) == ([], [])


def test_five_megabytes_arrive_whole(run: Run, ways: Ways) -> None:
    content = b"Subject: x\r\n\r\n" + (b"x" * 76 + b"\r\n") * 66_000
    with far_side(ways) as far:
        done = run(send(far, envelope(content=content)))
    assert done[0].is_accepted
    assert far.received[0].content == content


def test_a_message_larger_than_the_server_takes_is_not_sent_at_all(run: Run) -> None:
    with far_side(Ways(size=1000)) as far:
        done = run(send(far, envelope(content=BODY + b"x\r\n" * 1000), envelope("b@cliente.test")))
    assert (done[0].reply.code, done[0].reply.enhanced) == (552, "5.3.4")
    assert done[1].is_accepted


def test_an_ñ_before_the_at_needs_a_server_that_takes_it(run: Run, ways: Ways) -> None:
    with far_side(ways) as far:
        done = run(send(far, envelope("ñandú@cliente.test"), envelope("b@cliente.test")))
    assert (done[0].phase, done[0].reply.code) == (Phase.MAIL, 553)
    assert not done[0].reply.is_answer  # the server was not asked
    assert done[1].is_accepted
    assert len(far.commands) == 2


def test_delivery_notices_are_asked_for_where_they_are_offered(run: Run) -> None:
    with far_side(Ways(extensions=("DSN",))) as far:
        line = Envelope("ventas@estacion.test", ANA, BODY, envid="42")
        run(send(far, line))
    assert "RET=HDRS ENVID=42" in far.commands[0]
    assert "NOTIFY=FAILURE,DELAY" in far.commands[1]


def test_a_farewell_while_idle_is_noticed(run: Run) -> None:
    async def scene(port: int) -> Handover:
        line = await connect(Account("127.0.0.1", port, "plain"))
        await line.noop()
        async with asyncio.timeout(5):
            while line.is_open:
                await asyncio.sleep(0)  # nothing tells it: let the loop go on, look again
        return await line.hand_over(envelope(), yes)

    with RawFarSide({b"NOOP": b"250 fine\r\n421 4.4.2 idle for too long\r\n"}) as raw:
        done = run(scene(raw.port))
    assert done.is_closed
    assert not done.is_in_doubt


def test_a_server_that_speaks_nonsense_is_left(run: Run) -> None:
    with RawFarSide({b"MAIL": b"HTTP/1.1 400 Bad Request\r\n\r\n"}) as raw:
        done = run(hand_over_once(raw.port))
    assert done.is_closed
    assert not done.is_in_doubt


def test_a_go_ahead_for_a_refused_recipient_gets_a_lone_dot(run: Run) -> None:
    answers = {b"RCPT": b"550 5.1.1 no such user\r\n"}
    with RawFarSide(answers, pipelining=True) as raw:
        done = run(hand_over_once(raw.port))
    assert (done.phase, done.reply.code) == (Phase.RCPT, 550)
    assert raw.text == b".\r\n"


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_body_is_only_sent_after_354(run: Run, *, pipelining: bool) -> None:
    with RawFarSide({b"DATA": b"250 fine\r\n"}, pipelining=pipelining) as raw:
        done = run(hand_over_once(raw.port))
    assert done.phase is Phase.DATA
    assert raw.text == b""


async def hand_over_once(port: int) -> Handover:
    line = await connect(Account("127.0.0.1", port, "plain"))
    done = await line.hand_over(envelope(), yes)
    await line.close()
    return done
