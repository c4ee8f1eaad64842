"""A GSM modem through gammu-smsd's folders (its service “files”).

We write a file into its outbox folder; it sends the text and moves the file to the folder of what
was sent or of what failed. The renaming is what hands a message over, so the mark comes before it
(R3). A modem tells what it gave to the network, not what arrived.
"""

import asyncio
import codecs
import heapq
import os
import re
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils.translation import ngettext

from emailketing.channels.base import (
    AccountFailure,
    Adapter,
    Announce,
    Conversation,
    Envelope,
    Handover,
    Mark,
    Phase,
    ReceiptHeard,
    Reply,
    ReplyKind,
)
from emailketing.channels.models import Sender
from emailketing.channels.sms.encoding import measure, wire_text
from emailketing.channels.sms.shared import Shared, Sharing
from emailketing.common import os_errors
from emailketing.common.plain import Values
from emailketing.common.said import say as _

FOLDER: Final = "/var/spool/gammu"  # as Debian has it
MOST_SEGMENTS: Final = 10  # what every version of gammu sends whole
MOST_OLD: Final = 1_000  # files of before that are looked at when we start
READABLE: Final = 0o664  # gammu-smsd may run as somebody else
_OURS: Final = re.compile(r"OUTC_\+?\d{1,15}_em[^_.]*-[0-9a-f]{8}\.txtd?$")


@dataclass(frozen=True, slots=True)
class PollingTimes:
    """How often the folders are looked at, and when a modem that moves nothing stands still."""

    look_every: float = 2.0  # seconds
    stuck_after: float = 600.0


@dataclass(frozen=True, slots=True)
class GammuAccount:
    """The modem's folders, as its configuration (smsdrc) names them."""

    outbox: Path
    sent: Path
    error: Path


def account_of(sender: Sender) -> GammuAccount:
    """Return the sender's folders: `folder`, with outbox, sent and error in it."""
    options: Values = sender.options or {}
    folder = Path(str(options.get("folder") or FOLDER))
    return GammuAccount(folder / "outbox", folder / "sent", folder / "error")


class Modem:
    """The folders, and whoever listens for what became of the files in them."""

    def __init__(self, account: GammuAccount, times: PollingTimes) -> None:
        self._loop = asyncio.get_running_loop()
        self._account = account
        self._times = times
        self._waiting = {name for name in _listed(account.outbox) if _OURS.match(name)}
        self._moved_at = self._loop.time()
        self._told: set[str] = set()
        self._seen: dict[Path, tuple[int, int]] = {}  # when a folder had changed, twice
        self._is_first = True
        self._watch = asyncio.create_task(self._look_again())
        self.on_receipt: Callable[[ReceiptHeard], None] | None = None

    @property
    def is_open(self) -> bool:
        return not self._watch.done()

    @property
    def is_stuck(self) -> bool:
        """Whether files wait and none has left for a long time: nobody takes them."""
        quiet = self._loop.time() - self._moved_at
        return bool(self._waiting) and quiet > self._times.stuck_after

    def put(self, name: str) -> None:
        """Note that a file waits for the modem now."""
        if not self._waiting:
            self._moved_at = self._loop.time()
        self._waiting.add(name)

    async def close(self) -> None:
        self._watch.cancel()
        with suppress(asyncio.CancelledError):
            await self._watch

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(self._times.look_every)
            if self.on_receipt:
                self._tell(await asyncio.to_thread(self._news))
            if self._waiting:
                still = self._waiting & set(await asyncio.to_thread(_listed, self._account.outbox))
                if still != self._waiting:
                    self._waiting, self._moved_at = still, self._loop.time()

    def _news(self) -> list[tuple[str, str]]:
        """Look into the folders that have changed, and once more: clocks tick in milliseconds."""
        found = []
        for folder, status in ((self._account.sent, "accepted"), (self._account.error, "failed")):
            with suppress(OSError):  # a folder that is away is told to whoever sends next
                changed = folder.stat().st_mtime_ns
                if self._seen.get(folder) != (changed, changed):
                    found += [(name, status) for name in self._new_in(folder)]
                    self._seen[folder] = (self._seen.get(folder, (0, 0))[1], changed)
        self._is_first = False
        return found

    def _new_in(self, folder: Path) -> Iterable[str]:
        with os.scandir(folder) as entries:
            ours = [one for one in entries if _OURS.match(one.name) and one.name not in self._told]
            if self._is_first:
                ours = heapq.nlargest(MOST_OLD, ours, key=lambda one: one.stat().st_mtime_ns)
            return [one.name for one in ours]

    def _tell(self, news: Iterable[tuple[str, str]]) -> None:
        """Say it in this thread: the language is the thread's."""
        for name, status in news:
            if name not in self._told and self.on_receipt:
                self._told.add(name)
                self.on_receipt(_heard(name, status))


def _heard(name: str, status: str) -> ReceiptHeard:
    told = {
        "accepted": _("The modem has sent it."),
        "failed": _("The modem could not send it."),
    }
    return ReceiptHeard(reference=name, status=status, text=told[status])


class ModemSlot:
    """One slot's place at the modem."""

    def __init__(self, account: GammuAccount, shared: Shared[Modem], modem: Modem) -> None:
        self._account = account
        self._shared = shared
        self._modem = modem
        self._has_left = False
        self.peer = str(account.outbox)
        self.count = 0

    @property
    def is_open(self) -> bool:
        return self._modem.is_open and not self._has_left

    @property
    def on_receipt(self) -> Callable[[ReceiptHeard], None] | None:
        return self._modem.on_receipt

    @on_receipt.setter
    def on_receipt(self, listener: Callable[[ReceiptHeard], None]) -> None:
        self._modem.on_receipt = listener

    async def hand_over(
        self, envelope: Envelope, mark: Mark, _announce: Announce | None = None, /
    ) -> Handover:
        """Put one message into the folder; what the modem makes of it comes as a receipt."""
        self.count += 1
        text = (
            envelope.phone.text if envelope.phone else envelope.content.decode("utf-8", "replace")
        )
        if refused := _unfit(envelope, text):
            return Handover(Phase.DATA, refused)
        if self._modem.is_stuck:
            sentence = _(
                "The modem takes nothing out of the folder %(folder)s. Does gammu-smsd run?"
            )
            sentence %= {"folder": self._account.outbox}
            return Handover(Phase.DATA, Reply(0, text=sentence, kind=ReplyKind.ACCOUNT))
        name = _name_of(envelope)
        hidden = self._account.outbox / f".{name}"
        try:
            await asyncio.to_thread(_write, hidden, wire_text(text))
            if not await mark():
                withdrawn = Reply(0, text=_("withdrawn in time"))
                return Handover(Phase.DATA, withdrawn, is_fenced=True)
            await asyncio.to_thread(_show, hidden, self._account.outbox / name)
        except OSError as error:
            why = _cannot_write(self._account.outbox, error)
            reply = Reply(0, text=why, kind=ReplyKind.LATER)
            return Handover(Phase.DATA, reply, is_closed=True)
        finally:
            with suppress(OSError):
                hidden.unlink(missing_ok=True)
        self._modem.put(name)
        return Handover(Phase.DOT, Reply(0, kind=ReplyKind.ACCEPTED), reference=name)

    async def close(self) -> None:
        if not self._has_left:
            self._has_left = True
            await self._shared.leave()


def _unfit(envelope: Envelope, text: str) -> Reply | None:
    digits = envelope.rcpt_to.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):  # noqa: PLR2004 - E.164
        sentence = _("This is not a phone number in international form.")
        return Reply(0, text=sentence, kind=ReplyKind.ADDRESS)
    if (segments := measure(text).segments) > MOST_SEGMENTS:
        sentence = _("The text takes %(count)d segments; a modem sends %(most)d at most.")
        words = {"count": segments, "most": MOST_SEGMENTS}
        return Reply(0, text=sentence % words, kind=ReplyKind.REFUSED)
    return None


def _name_of(envelope: Envelope) -> str:
    """Name the file as gammu-smsd wants it, another at every attempt: a name is a reference.

    OUT, C for the priority, the number, our own words, and d: a report is wanted.
    """
    ours = re.sub(r"[^0-9A-Za-z]", "", envelope.envid)
    return f"OUTC_{envelope.rcpt_to}_em{ours}-{secrets.token_hex(4)}.txtd"


def _write(path: Path, text: str) -> None:
    """Write the text where gammu-smsd does not see it yet, safe from a power cut."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, READABLE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(codecs.BOM_UTF16_BE + text.encode("utf-16-be"))
        file.flush()
        os.fsync(file.fileno())


def _show(hidden: Path, path: Path) -> None:
    hidden.rename(path)
    with suppress(OSError):  # the message is there; its name may still be on its way to the disk
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def check_folders(account: GammuAccount) -> None:
    """See whether the folders are there.

    Raises:
        AccountFailure: one is missing, or may not be written to.
    """
    for folder in (account.outbox, account.sent, account.error):
        if not folder.is_dir():
            sentence = _("The folder %(folder)s is missing. gammu-smsd’s configuration names it.")
            raise AccountFailure(sentence % {"folder": folder})
    if account.outbox in (account.sent, account.error):
        sentence = _("The modem must move what it sent to another folder than %(folder)s.")
        raise AccountFailure(sentence % {"folder": account.outbox})
    if not os.access(account.outbox, os.W_OK | os.X_OK):
        raise AccountFailure(_cannot_write(account.outbox, PermissionError(13, "")))
    for folder in (account.sent, account.error):
        if not os.access(folder, os.R_OK | os.X_OK):
            sentence = _("The folder %(folder)s may not be read. Put this user into its group.")
            raise AccountFailure(sentence % {"folder": folder})


def _listed(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except OSError:  # that is told to whoever sends next
        return []


def _waiting(account: GammuAccount) -> int:
    return sum(name.startswith("OUT") for name in _listed(account.outbox))


def _cannot_write(folder: Path, error: OSError) -> str:
    words = {"folder": folder, "why": os_errors.why(error)}
    return _("Nothing can be written into the folder %(folder)s: %(why)s.") % words


class GammuAdapter:
    """GSM modems."""

    listens = True

    def __init__(self, times: PollingTimes | None = None) -> None:
        self._times = times or PollingTimes()
        self._modems: Sharing[GammuAccount, Modem] = Sharing(self._open)

    def account_of(self, sender: Sender) -> GammuAccount:
        return account_of(sender)

    async def connect(self, account: GammuAccount) -> Conversation:
        shared = self._modems.of(account)
        return ModemSlot(account, shared, await shared.enter())

    async def check(self, account: GammuAccount) -> Reply:
        check_folders(account)
        count = await asyncio.to_thread(_waiting, account)
        sentence = ngettext(
            "gammu-smsd’s folders are there; %(count)d message waits for the modem.",
            "gammu-smsd’s folders are there; %(count)d messages wait for the modem.",
            count,
        )
        return Reply(0, text=sentence % {"count": count}, kind=ReplyKind.ACCEPTED)

    async def _open(self, account: GammuAccount) -> Modem:
        check_folders(account)
        return Modem(account, self._times)


adapter: Adapter[GammuAccount] = GammuAdapter()
