"""One session for all slots of an account, and the receipts that come over it (M4, R31)."""

import asyncio
import struct
from dataclasses import replace
from typing import Any

import pytest

from emailketing.channels.base import (
    AccountFailure,
    ChannelFailure,
    Handover,
    HearsPeople,
    HearsReceipts,
    Inbound,
    ReceiptHeard,
    Reply,
    ReplyKind,
)
from emailketing.channels.sms.session import MOST_UNKEPT
from emailketing.channels.sms.smpp import SmppAdapter, adapter, open_session
from tests.channels.sms.smpp_cast import (
    QUICK,
    Ear,
    Run,
    account_at,
    ending,
    envelope,
    keep,
    receipt_unit,
    send,
    slot,
    told,
    until_closed,
    yes,
)
from tests.channels.sms.smsc import Smsc

WRONG = "wrong"


# --- the session


def test_all_slots_of_an_account_share_one_connection(run: Run, smsc: Smsc) -> None:
    ours = SmppAdapter(QUICK)

    async def many() -> list[Handover]:
        account = account_at(smsc, window=4)
        slots = await asyncio.gather(*(ours.connect(account) for _ in range(8)))
        done = await asyncio.gather(*(one.hand_over(ending("55"), yes) for one in slots))
        for one in slots:
            await one.close()
        return list(done)

    done = run(many())
    assert all(one.is_accepted for one in done)
    assert len({one.reference for one in done}) == 8
    assert smsc.record.most_waiting == 4  # the window
    assert (len(smsc.record.binds), smsc.record.unbinds) == (1, 1)


def test_it_asks_whether_somebody_is_there(run: Run, smsc: Smsc) -> None:
    async def stay() -> None:
        line = await slot(smsc, patience=replace(QUICK, enquire=0.3))
        await asyncio.to_thread(smsc.wait_until, lambda record: record.enquiries >= 3)
        assert line.is_open
        smsc.is_mute = True
        await until_closed(line)
        await line.close()

    run(stay())


def test_a_centre_that_says_goodbye_is_left_and_found_again(run: Run, smsc: Smsc) -> None:
    ours = SmppAdapter(QUICK)

    async def farewell() -> None:
        line = await ours.connect(account_at(smsc))
        smsc.say_goodbye()
        await until_closed(line)
        again = await ours.connect(account_at(smsc, window=3))
        await line.close()
        assert (await again.hand_over(envelope(), yes)).is_accepted
        await again.close()

    smsc.most = 2
    run(farewell())


@pytest.mark.parametrize(
    ("options", "failure", "words"),
    [
        ({"password": "wrong"}, AccountFailure, "password is wrong"),
        ({"username": "nobody"}, AccountFailure, "does not know the user"),
        ({"username": "x" * 16}, AccountFailure, "longer than SMPP allows"),
    ],
)
def test_a_refused_bind_is_one_sentence(
    run: Run, smsc: Smsc, options: dict[str, Any], failure: type[Exception], words: str
) -> None:
    with pytest.raises(failure, match=words):
        run(slot(smsc, **options))


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (0x0D, AccountFailure),
        (0x53, AccountFailure),
        (0x99, AccountFailure),
        (0x05, ChannelFailure),
        (0x08, ChannelFailure),
        (0x58, ChannelFailure),
    ],
)
def test_a_bind_refused_for_now_is_no_fault_of_the_account(
    run: Run, smsc: Smsc, status: int, failure: type[Exception]
) -> None:
    smsc.bind_status = status

    with pytest.raises(failure):
        run(slot(smsc))


def test_nobody_there_is_a_channel_failure(run: Run, smsc: Smsc) -> None:
    account = account_at(smsc, port=1)

    with pytest.raises(ChannelFailure, match="cannot be reached"):
        run(SmppAdapter(QUICK).connect(account))


def test_s24_no_password_goes_out_in_the_open(run: Run, smsc: Smsc) -> None:
    with pytest.raises(AccountFailure, match="EMAILKETING_GATEWAY_HOSTS"):
        run(SmppAdapter(QUICK).connect(account_at(smsc, host="192.0.2.1")))


def test_slots_that_bind_together_fail_together(run: Run, smsc: Smsc) -> None:
    ours = SmppAdapter(QUICK)

    async def together() -> list[object]:
        account = account_at(smsc, password=WRONG)
        tries = (ours.connect(account) for _ in range(5))
        return list(await asyncio.gather(*tries, return_exceptions=True))

    assert all(isinstance(one, AccountFailure) for one in run(together()))
    assert len(smsc.record.binds) == 1


def test_a_check_binds_and_leaves(run: Run, smsc: Smsc) -> None:
    reply = run(adapter.check(account_at(smsc)))

    assert reply.kind is ReplyKind.ACCEPTED
    assert (len(smsc.record.binds), smsc.record.unbinds) == (1, 1)


def test_a_check_beside_the_worker_is_no_failure(run: Run, smsc: Smsc) -> None:
    async def check() -> Reply:
        line = await slot(smsc)
        reply = await adapter.check(account_at(smsc))
        assert line.is_open
        await line.close()
        return reply

    reply = run(check())
    assert reply.kind is ReplyKind.ACCEPTED
    assert "connected already" in reply.text


# --- receipts


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("00", [("00000001", "delivered")]),
        ("66", [("00000001", "failed")]),
        ("65", [("00000001", "delivered"), ("00000001", "delivered")]),
        ("64", [("00000001", "delivered"), ("00000001", "accepted")]),
        ("63", [("00000001", "delivered")]),
        ("62", [("deadbeef", "delivered"), ("00000001", "delivered")]),
    ],
)
def test_receipts_are_heard_as_they_come(
    run: Run, smsc: Smsc, digits: str, expected: list[tuple[str, str]]
) -> None:
    heard = told(run, smsc, ending(digits), len(expected))

    assert [(one.reference, one.status) for one in heard] == expected
    smsc.wait_until(lambda record: record.receipts[0] == len(expected))


def test_a_failure_keeps_the_operators_code(run: Run, smsc: Smsc) -> None:
    (heard,) = told(run, smsc, ending("66"), 1)

    assert (heard.code, heard.text) == ("011", "UNDELIV")


def test_ids_in_two_notations_are_one(run: Run, smsc: Smsc) -> None:
    smsc.id_of = lambda n: (f"{n + 0xAB:08X}", f"{n + 0xAB}")

    async def listen() -> tuple[str, str]:
        ear = Ear()
        line = await slot(smsc, ear, id_base="hex")
        done = await line.hand_over(envelope(), yes)
        (heard,) = await ear.wait_for(1)
        await line.close()
        return done.reference, heard.reference

    assert run(listen()) == ("172", "172")


def test_m4_a_receipt_before_anybody_listens_is_kept(run: Run, smsc: Smsc) -> None:
    async def late() -> list[ReceiptHeard]:
        line = await SmppAdapter(QUICK).connect(account_at(smsc))
        await line.hand_over(ending("63"), yes)
        ear = Ear()
        assert isinstance(line, HearsReceipts)
        line.on_receipt = ear
        await line.close()
        return ear.heard

    assert [one.status for one in run(late())] == ["delivered"]


def test_a_check_leaves_receipts_to_who_keeps_them(run: Run, smsc: Smsc) -> None:
    smsc.says_first = receipt_unit("id:1 stat:DELIVRD err:000 text:")

    async def check() -> None:
        session = await open_session(account_at(smsc), QUICK, listens=False)
        await asyncio.to_thread(smsc.wait_until, lambda record: record.receipts[0x64] == 1)
        await session.close()

    run(check())
    assert smsc.record.receipts[0] == 0


@pytest.mark.parametrize(
    "raw",
    [
        struct.pack(">IIII", 20, 0x05, 0, 9) + b"\0\0\0\0",  # a receipt cut short
        struct.pack(">IIII", 16, 0x7777, 0, 9),  # a command nobody knows
        struct.pack(">IIII", 16, 0x80000004, 0, 999),  # an answer to nothing
        struct.pack(">IIII", 16, 0x15, 0, 9),  # it asks whether we are there
    ],
)
def test_strange_units_do_not_stop_the_others(run: Run, smsc: Smsc, raw: bytes) -> None:
    smsc.says_first = raw

    (done,) = run(send(smsc, envelope()))

    assert done.is_accepted


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (receipt_unit("BAJA", esm_class=0), Inbound("+595981123456", "BAJA")),
        (receipt_unit("Ba\x05ja", esm_class=0), Inbound("+595981123456", "Baéja")),
        (receipt_unit("0000Alto", esm_class=0, coding=8), None),
        (receipt_unit("\x05\x00\x03\x01\x02\x01Alto", 0x40), Inbound("+595981123456", "Alto")),
        (receipt_unit("\x7f", 0x40), Inbound("+595981123456", "")),
    ],
)
def test_m2_what_a_person_writes_is_heard(
    run: Run, smsc: Smsc, unit: bytes, expected: Inbound | None
) -> None:
    smsc.says_first = unit

    async def listen() -> list[Inbound]:
        said: list[Inbound] = []
        line = await slot(smsc)
        assert isinstance(line, HearsPeople)
        line.on_inbound = said.append
        assert (await line.hand_over(envelope(), yes)).is_accepted
        await line.close()
        return said

    (said,) = run(listen())
    assert said == expected or expected is None


def test_a_text_from_a_phone_is_no_receipt(run: Run, smsc: Smsc) -> None:
    smsc.says_first = receipt_unit("BAJA", esm_class=0)

    async def listen() -> list[ReceiptHeard]:
        line = await slot(smsc, ear := Ear())
        assert isinstance(line, HearsPeople)
        line.on_inbound = keep
        await line.hand_over(envelope(), yes)
        await asyncio.to_thread(smsc.wait_until, lambda record: record.receipts[0] == 2)
        await line.close()
        return ear.heard

    assert [one.reference for one in run(listen())] == ["00000001"]


def test_r31_nothing_is_answered_before_it_is_kept(run: Run, smsc: Smsc) -> None:
    """A receipt that dies with us before it is written down must be said again."""
    smsc.says_first = receipt_unit("id:1 stat:DELIVRD err:000 text:")

    async def listen() -> None:
        heard: asyncio.Queue[ReceiptHeard] = asyncio.Queue()
        session = await open_session(account_at(smsc), replace(QUICK, enquire=0.05))
        session.on_receipt = heard.put_nowait
        told = await heard.get()
        # whatever we had answered would be there before our next question
        await asyncio.to_thread(smsc.wait_until, lambda record: record.enquiries >= 1)
        assert smsc.record.receipts.total() == 0
        keep(told)
        await asyncio.to_thread(smsc.wait_until, lambda record: record.receipts[0] == 1)
        await session.close()

    run(listen())


def test_r31_no_more_than_a_thousand_wait_to_be_kept(run: Run, smsc: Smsc) -> None:
    """While our database is away memory must not fill: the centre keeps the rest."""
    smsc.says_first = receipt_unit("id:1 stat:DELIVRD err:000 text:") * (MOST_UNKEPT + 2)
    not_now = 0x64

    async def listen() -> None:
        heard: list[ReceiptHeard] = []
        session = await open_session(account_at(smsc), QUICK)
        session.on_receipt = heard.append
        await asyncio.to_thread(smsc.wait_until, lambda record: record.receipts[not_now] == 2)
        assert (len(heard), smsc.record.receipts[0]) == (MOST_UNKEPT, 0)
        for one in heard:
            keep(one)
        smsc.send(receipt_unit("id:2 stat:DELIVRD err:000 text:"))
        await asyncio.to_thread(smsc.wait_until, lambda record: record.receipts[0] == MOST_UNKEPT)
        keep(heard[-1])
        await session.close()

    run(listen())


def test_what_is_kept_after_the_line_ended_is_answered_to_nobody(run: Run, smsc: Smsc) -> None:
    smsc.says_first = receipt_unit("id:1 stat:DELIVRD err:000 text:")

    async def listen() -> None:
        heard: asyncio.Queue[ReceiptHeard] = asyncio.Queue()
        session = await open_session(account_at(smsc), QUICK)
        session.on_receipt = heard.put_nowait
        told = await heard.get()
        smsc.hang_up()
        await until_closed(session)
        keep(told)

    run(listen())
    assert smsc.record.receipts.total() == 0
