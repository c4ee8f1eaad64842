"""A modem through gammu-smsd's folders: the renaming hands over, a moved file is the receipt."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from emailketing.channels.base import (
    AccountFailure,
    Conversation,
    Envelope,
    Handover,
    HearsReceipts,
    Phase,
    PhoneText,
    ReceiptHeard,
    ReplyKind,
)
from emailketing.channels.models import Sender
from emailketing.channels.sms.gammu import (
    GammuAccount,
    GammuAdapter,
    PollingTimes,
    account_of,
    adapter,
)
from tests.channels.sms.modem import Modem
from tests.channels.sms.smpp_cast import Ear, asked_until, no, yes

Run = Callable[[Coroutine[Any, Any, Any]], Any]
QUICK = PollingTimes(look_every=0.01)
PHONE = "+595981123400"
OUT_OF_REACH = "+595981123466"


def envelope(to: str = PHONE, text: str = "Hola") -> Envelope:
    return Envelope("", to, text.encode(), envid="7", phone=PhoneText(text))


@pytest.fixture
def modem(tmp_path: Path) -> Iterator[Modem]:
    with Modem(tmp_path / "gammu") as running:
        yield running


def account_at(modem: Modem) -> GammuAccount:
    return GammuAccount(modem.outbox, modem.sent, modem.error)


async def slot(modem: Modem, ear: Ear, **options: bool) -> Conversation:
    found = await GammuAdapter(QUICK).connect(account_at(modem, **options))
    assert isinstance(found, HearsReceipts)
    found.on_receipt = ear
    return found


def sent(
    run: Run, modem: Modem, *envelopes: Envelope, **options: bool
) -> tuple[list[Handover], list[ReceiptHeard]]:
    """Hand over, and wait until something was heard of each."""

    async def send() -> tuple[list[Handover], list[ReceiptHeard]]:
        ear = Ear()
        line = await slot(modem, ear, **options)
        done = [await line.hand_over(one, yes) for one in envelopes]
        heard = await ear.wait_for(sum(one.is_accepted for one in done))
        await line.close()
        return done, heard

    return run(send())  # type: ignore[no-any-return]


def test_a_message_becomes_a_file_and_its_move_a_receipt(run: Run, modem: Modem) -> None:
    text = "Señor Núñez: 40 l, € 30 😀\nGracias"
    (done,), (heard,) = sent(run, modem, envelope(text=text))

    assert done.is_accepted
    assert (heard.reference, heard.status) == (done.reference, "accepted")
    (got,) = modem.texts
    assert (got.number, got.text, got.name) == (PHONE, text, done.reference)
    assert modem.waiting == []


def test_what_the_modem_could_not_send_has_failed(run: Run, modem: Modem) -> None:
    done, heard = sent(run, modem, envelope(), envelope(OUT_OF_REACH))

    assert {(one.reference, one.status) for one in heard} == {
        (done[0].reference, "accepted"),
        (done[1].reference, "failed"),
    }


def test_two_attempts_have_two_names(run: Run, modem: Modem) -> None:
    done, _heard = sent(run, modem, envelope(), envelope())

    assert done[0].reference != done[1].reference


def test_r3_the_mark_comes_before_the_modem_can_see_the_file(run: Run, tmp_path: Path) -> None:
    modem = Modem(tmp_path)  # it does not look by itself
    seen: list[list[str]] = []

    async def mark() -> bool:
        seen.append(modem.waiting)
        modem.look()
        return True

    async def hand_over() -> Handover:
        line = await slot(modem, Ear())
        done = await line.hand_over(envelope(), mark)
        await line.close()
        return done

    done = run(hand_over())
    assert [name[0] for name in seen[0]] == ["."]
    assert modem.texts == []
    assert modem.waiting == [done.reference]


def test_r6_a_withdrawn_message_leaves_nothing_behind(run: Run, modem: Modem) -> None:
    async def withdraw() -> Handover:
        line = await slot(modem, Ear())
        done = await line.hand_over(envelope(), no)
        await line.close()
        return done

    assert run(withdraw()).is_fenced
    assert modem.waiting == []
    assert modem.texts == []


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        (envelope("ana@cliente.test"), ReplyKind.ADDRESS),
        (envelope("../../etc/passwd"), ReplyKind.ADDRESS),
        (envelope("+" + "1" * 16), ReplyKind.ADDRESS),
        (envelope(text="a" * 2_000), ReplyKind.REFUSED),
    ],
)
def test_what_a_modem_cannot_send_is_refused_before_it_is_marked(
    run: Run, modem: Modem, bad: Envelope, kind: ReplyKind
) -> None:
    async def hand_over() -> Handover:
        line = await slot(modem, Ear())
        done = await line.hand_over(bad, no)
        await line.close()
        return done

    done = run(hand_over())
    assert (done.phase, done.reply.kind) == (Phase.DATA, kind)


def test_a_folder_that_goes_away_is_no_doubt(run: Run, tmp_path: Path) -> None:
    modem = Modem(tmp_path / "gammu")

    async def hand_over() -> tuple[Handover, Handover]:
        line = await slot(modem, Ear())

        async def mark() -> bool:
            shutil.rmtree(modem.outbox)
            return True

        after_mark = await line.hand_over(envelope(), mark)
        before_mark = await line.hand_over(envelope(), yes)
        await line.close()
        return after_mark, before_mark

    for done in run(hand_over()):
        assert not done.is_in_doubt
        assert (done.phase, done.reply.kind, done.is_closed) == (Phase.DATA, ReplyKind.LATER, True)
        assert str(modem.outbox) in done.reply.text


@pytest.mark.parametrize("name", ["outbox", "sent", "error"])
def test_a_missing_folder_is_one_sentence(run: Run, tmp_path: Path, name: str) -> None:
    modem = Modem(tmp_path)
    (tmp_path / name).rmdir()

    with pytest.raises(AccountFailure, match=f"{name} is missing"):
        run(slot(modem, Ear()))


CHECK = """
import sys
from pathlib import Path

import django
from django.utils import translation

django.setup()

from emailketing.channels.base import AccountFailure
from emailketing.channels.models import Sender
from emailketing.channels.sms.gammu import account_of, check_folders

translation.activate("en")
for folder in sys.argv[1:]:
    try:
        check_folders(account_of(Sender(options={"folder": folder})))
    except AccountFailure as failure:
        print(failure)
    else:
        print("good")
"""


def checked_by_an_ordinary_user(*folders: Path) -> list[str]:
    """Return what the check says in a process to which folders can be forbidden, root or not."""
    command = [sys.executable, "-c", CHECK, *(str(folder) for folder in folders)]
    if os.geteuid() == 0:
        command[:0] = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    settings = {**os.environ, "DJANGO_SETTINGS_MODULE": "emailketing.config.settings"}
    done = subprocess.run(command, env=settings, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.slow
def test_a_folder_that_may_not_be_used_is_one_sentence(tmp_path: Path) -> None:
    good, closed, unreadable = (Modem(tmp_path / name) for name in ("a", "b", "c"))
    closed.outbox.chmod(0o500)
    unreadable.sent.chmod(0o300)

    assert checked_by_an_ordinary_user(*(tmp_path / name for name in "abc")) == [
        "good",
        f"Nothing can be written into the folder {closed.outbox}: this user has no right to it.",
        f"The folder {unreadable.sent} may not be read. Put this user into its group.",
    ]
    assert good.waiting == []


def test_the_outbox_cannot_be_where_sent_files_go(run: Run, modem: Modem) -> None:
    account = GammuAccount(modem.outbox, modem.outbox, modem.error)

    with pytest.raises(AccountFailure, match="another folder"):
        run(adapter.check(account))


def test_a_check_says_how_many_wait_for_the_modem(run: Run, tmp_path: Path) -> None:
    modem = Modem(tmp_path)
    (modem.outbox / "OUTC_+595981123400_other.txt").write_text("x")

    reply = run(adapter.check(account_at(modem)))

    assert reply.kind is ReplyKind.ACCEPTED
    assert "1 message waits" in reply.text


def test_a_modem_that_takes_nothing_gets_no_more(run: Run, tmp_path: Path) -> None:
    modem = Modem(tmp_path)  # gammu-smsd does not run

    async def hand_over() -> tuple[Handover, Handover, Handover]:
        ours = GammuAdapter(PollingTimes(look_every=0.01, stuck_after=0.1))
        line = await ours.connect(account_at(modem))
        first = await line.hand_over(envelope(), yes)
        second = await asked_until(
            lambda: line.hand_over(envelope(), no), lambda done: not done.is_fenced
        )
        modem.look()  # somebody has started it
        third = await asked_until(
            lambda: line.hand_over(envelope(), yes),
            lambda done: done.reply.kind is not ReplyKind.ACCOUNT,
        )
        await line.close()
        return first, second, third

    first, second, third = run(hand_over())
    assert first.is_accepted
    assert (second.phase, second.reply.kind) == (Phase.DATA, ReplyKind.ACCOUNT)
    assert "Does gammu-smsd run?" in second.reply.text
    assert third.is_accepted


def test_what_happened_while_we_were_away_is_heard(run: Run, modem: Modem) -> None:
    name = "OUTC_+595981123466_em7-0123abcd.txtd"
    (modem.error / name).write_text("x")
    (modem.error / "OUTC_+595981123466_of_somebody_else.txt").write_text("x")

    async def listen() -> list[ReceiptHeard]:
        ear = Ear()
        line = await slot(modem, ear)
        heard = await ear.wait_for(1)
        await line.close()
        return heard

    assert [(one.reference, one.status) for one in run(listen())] == [(name, "failed")]


def test_all_slots_share_one_modem_and_each_receipt_is_heard_once(run: Run, modem: Modem) -> None:
    ours = GammuAdapter(QUICK)

    async def many() -> list[ReceiptHeard]:
        ear = Ear()
        slots = [await ours.connect(account_at(modem)) for _ in range(3)]
        for one in slots:
            assert isinstance(one, HearsReceipts)
            one.on_receipt = ear
        await asyncio.gather(*(one.hand_over(envelope(), yes) for one in slots))
        heard = await ear.wait_for(3)
        for one in slots:
            await one.close()
        return heard

    assert len(run(many())) == 3


def test_the_folders_come_from_the_options() -> None:
    sender = Sender(options={"folder": "/srv/modem"})

    assert account_of(sender) == GammuAccount(
        Path("/srv/modem/outbox"), Path("/srv/modem/sent"), Path("/srv/modem/error")
    )
    assert account_of(Sender()).outbox == Path("/var/spool/gammu/outbox")


SMSDRC = """
[gammu]
model = dummy
connection = none
device = {folder}/phone

[smsd]
service = files
CheckSecurity = 0
LoopSleep = 1
inboxpath = {folder}/inbox/
outboxpath = {folder}/outbox/
sentsmspath = {folder}/sent/
errorsmspath = {folder}/error/
transmitformat = auto
"""


@pytest.mark.slow
@pytest.mark.skipif(
    not shutil.which("gammu-smsd"),
    reason="needs gammu-smsd: tools/lab.py start, as root, installs it",
)
def test_gammu_smsd_itself_takes_our_files(run: Run, tmp_path: Path) -> None:
    folder = Modem(tmp_path)  # it makes the folders and does not look
    for name in ("inbox", "phone"):
        (tmp_path / name).mkdir()
    (tmp_path / "smsdrc").write_text(SMSDRC.format(folder=tmp_path))
    daemon = subprocess.Popen(
        ["gammu-smsd", "-c", str(tmp_path / "smsdrc")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        done, heard = sent(run, folder, envelope(text="ñandú € 😀"), envelope(text="a" * 400))
    finally:
        daemon.terminate()
        daemon.wait(10)

    assert {(one.reference, one.status) for one in heard} == {
        (one.reference, "accepted") for one in done
    }
