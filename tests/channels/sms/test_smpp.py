"""SMPP against a real far side: on which side of the submit_sm did it end? (R3, R15, M4)"""

import asyncio
from dataclasses import replace

import pytest

from emailketing.channels.base import (
    Envelope,
    Handover,
    Phase,
    ReplyKind,
)
from emailketing.channels.sms.smpp import SmppAdapter
from tests.channels.sms.smpp_cast import (
    HASTY,
    PHONE,
    QUICK,
    Run,
    account_at,
    ending,
    envelope,
    no,
    send,
    slot,
    until_closed,
    yes,
)
from tests.channels.sms.smsc import Smsc

# --- handing over


def test_a_message_is_accepted_and_its_reference_kept(run: Run, smsc: Smsc) -> None:
    (done,) = run(send(smsc, envelope(text="Señor Núñez: 40 l de nafta, € 30")))

    assert done.is_accepted
    assert done.reference == "00000001"
    (text,) = smsc.record.texts
    assert (text.source, text.destination) == ("Estacion", "595981123400")
    assert text.text == "Señor Núñez: 40 l de nafta, € 30"
    assert smsc.record.unbinds == 1


def test_the_operator_sees_who_sends_to_whom(run: Run, smsc: Smsc) -> None:
    run(
        send(
            smsc,
            envelope(sender="Estacion"),
            envelope(sender="12345"),
            envelope(sender="+595981000000"),
            envelope(sender=""),
        )
    )

    senders = [(one.source, one.source_ton, one.source_npi) for one in smsc.record.submits]
    assert senders == [
        ("Estacion", 5, 0),
        ("12345", 3, 0),
        ("595981000000", 1, 1),
        ("", 0, 0),
    ]
    assert {(one.destination_ton, one.registered) for one in smsc.record.submits} == {(1, 1)}


@pytest.mark.parametrize("text", ["a" * 153 + "€" + "b" * 200, "😀 ñandutí á " * 30])
def test_a_long_text_is_one_text_on_the_phone(run: Run, smsc: Smsc, text: str) -> None:
    (done,) = run(send(smsc, envelope(text=text)))

    assert done.is_accepted
    assert smsc.record.texts[0].text == text.strip() or smsc.record.texts[0].text == text
    assert len(done.reference.split()) == smsc.record.texts[0].segments > 1  # M4
    assert {one.esm_class for one in smsc.record.submits} == {0x40}


def test_r5_the_same_message_is_the_same_octets_at_every_attempt(run: Run, smsc: Smsc) -> None:
    run(send(smsc, envelope(text="a" * 200), envelope(text="a" * 200)))

    submits = smsc.record.submits
    assert submits[:2] == submits[2:]


def test_r6_a_withdrawn_message_is_never_sent(run: Run, smsc: Smsc) -> None:
    async def withdraw() -> Handover:
        line = await slot(smsc)
        done = await line.hand_over(envelope(), no)
        assert (await line.hand_over(envelope(text="the next"), yes)).is_accepted
        await line.close()
        return done

    assert run(withdraw()).is_fenced
    assert [text.text for text in smsc.record.texts] == ["the next"]


def test_r3_the_mark_comes_before_the_first_byte(run: Run, smsc: Smsc) -> None:
    seen: list[int] = []

    async def mark() -> bool:
        seen.append(len(smsc.record.submits))
        return True

    async def hand_over() -> None:
        line = await slot(smsc)
        await line.hand_over(envelope(text="a" * 400), mark)
        await line.close()

    run(hand_over())
    assert seen == [0]
    assert len(smsc.record.submits) == 3


def test_a_line_lost_while_marking_is_no_doubt(run: Run, smsc: Smsc) -> None:
    async def lose() -> Handover:
        line = await slot(smsc)

        async def mark() -> bool:
            smsc.hang_up()
            await until_closed(line)
            return True

        done = await line.hand_over(envelope(), mark)
        await line.close()
        return done

    done = run(lose())
    assert not done.is_in_doubt
    assert (done.phase, done.is_closed) == (Phase.DATA, True)
    assert smsc.record.submits == []


# --- refusals


@pytest.mark.parametrize(
    ("digits", "kind", "name"),
    [
        ("88", ReplyKind.LATER, "ESME_RTHROTTLED"),
        ("45", ReplyKind.REFUSED, "ESME_RSUBMITFAIL"),
        ("11", ReplyKind.ADDRESS, "ESME_RINVDSTADR"),
        ("10", ReplyKind.ACCOUNT, "ESME_RINVSRCADR"),
    ],
)
def test_r15_a_refusal_is_told_in_words_and_harms_no_other(
    run: Run, smsc: Smsc, digits: str, kind: ReplyKind, name: str
) -> None:
    refused, accepted = run(send(smsc, ending(digits), envelope()))

    assert (refused.phase, refused.reply.kind) == (Phase.DOT, kind)
    assert name in refused.reply.text
    assert not refused.is_in_doubt
    assert not refused.is_accepted
    assert accepted.is_accepted


def test_too_fast_means_a_pause_for_the_next_one(run: Run, smsc: Smsc) -> None:
    slow = replace(QUICK, rest=0.1)

    async def hurry() -> float:
        line = await slot(smsc, patience=slow)
        throttled = await line.hand_over(ending("88"), yes)
        assert throttled.reply.wait is not None
        assert throttled.reply.wait.total_seconds() > 0
        assert len(smsc.record.submits) == 3
        loop = asyncio.get_running_loop()
        began = loop.time()
        assert (await line.hand_over(envelope(), yes)).is_accepted
        await line.close()
        return loop.time() - began

    assert run(hurry()) >= 0.08


def test_what_is_too_fast_is_waited_out(run: Run, smsc: Smsc) -> None:
    async def two() -> Handover:
        line = await slot(smsc)
        assert (await line.hand_over(ending("58"), yes)).is_accepted  # after a moment's rest
        smsc.throttle_part = 2
        done = await line.hand_over(envelope(text="b" * 300), yes)
        await line.close()
        return done

    assert run(two()).is_accepted
    assert [text.text for text in smsc.record.texts] == ["Hola", "b" * 300]


@pytest.mark.parametrize(
    ("bad", "kind", "words"),
    [
        (envelope(to="ana@cliente.test"), ReplyKind.ADDRESS, "phone number"),
        (envelope(to=""), ReplyKind.ADDRESS, "phone number"),
        (envelope(to="+" + "1" * 16), ReplyKind.ADDRESS, "15 digits"),
        (envelope(sender="Estación"), ReplyKind.ACCOUNT, "11 letters"),
        (envelope(sender="Estacion Larga"), ReplyKind.ACCOUNT, "11 letters"),
        (envelope(sender="1" * 16), ReplyKind.ACCOUNT, "15 digits"),
        (envelope(text="a" * 40_000), ReplyKind.REFUSED, "too long"),
    ],
)
def test_what_no_centre_can_take_is_refused_before_it_is_marked(
    run: Run, smsc: Smsc, bad: Envelope, kind: ReplyKind, words: str
) -> None:
    async def hand_over() -> Handover:
        line = await slot(smsc)
        done = await line.hand_over(bad, no)
        await line.close()
        return done

    done = run(hand_over())
    assert (done.phase, done.reply.kind) == (Phase.DATA, kind)
    assert words in done.reply.text
    assert smsc.record.submits == []


# --- in doubt


@pytest.mark.parametrize(
    ("digits", "why"),
    [
        ("99", "hung up"),
        ("77", "no answer"),
        ("44", "not SMPP"),
        ("43", "not SMPP"),
    ],
)
def test_r15_no_answer_to_a_submit_is_doubt(run: Run, smsc: Smsc, digits: str, why: str) -> None:
    (done,) = run(send(smsc, ending(digits), patience=HASTY))

    assert done.is_in_doubt
    assert why in done.reply.text
    assert len(smsc.record.texts) == 1


def test_a_line_lost_after_the_first_part_is_doubt(run: Run, smsc: Smsc) -> None:
    (done,) = run(send(smsc, envelope(PHONE[:-2] + "98", "a" * 400)))

    assert done.is_in_doubt
    assert done.reference == ""  # a receipt of its first part must not say that it arrived (M4)
    assert len(smsc.record.submits) == 2


def test_a_lost_line_tells_everyone_and_the_next_binds_anew(run: Run, smsc: Smsc) -> None:
    ours = SmppAdapter(QUICK)

    async def lose() -> list[Handover]:
        slots = [await ours.connect(account_at(smsc)) for _ in range(3)]
        lost = await asyncio.gather(
            slots[0].hand_over(ending("77"), yes),
            slots[1].hand_over(ending("77"), yes),
            slots[2].hand_over(ending("99"), yes),
        )
        assert not any(one.is_open for one in slots)
        for one in slots:
            await one.close()
        again = await ours.connect(account_at(smsc))
        done = await again.hand_over(envelope(), yes)
        await again.close()
        return [*lost, done]

    *lost, done = run(lose())
    assert all(one.is_in_doubt and one.is_closed for one in lost)
    assert done.is_accepted
    assert len(smsc.record.binds) == 2
