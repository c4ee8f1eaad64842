"""What every channel speaks of: envelopes, replies, the two failures, hand-overs, receipts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar, runtime_checkable

from emailketing.channels.models import Sender


class ReplyKind(StrEnum):
    """What a reply means where the far side has no SMTP codes; empty: judge by the code."""

    BY_CODE = ""
    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"  # this message, for good
    ACCOUNT = "account"  # the sender: a person must mend it
    ADDRESS = "address"  # this number or address does not exist


@dataclass(frozen=True, slots=True)
class Reply:
    """The far side's words: code 0 and no kind means that it said nothing (time-out, lost).

    Attributes:
        kind: what it means, said by a channel that has no SMTP codes.
        wait: how long the far side asks the whole sender to stay away (Retry-After, R14).
        is_ours: we refused it ourselves, with the code that the far side would have used: nobody
            may read that it answered.
    """

    code: int
    enhanced: str = ""
    text: str = ""
    kind: ReplyKind = ReplyKind.BY_CODE
    wait: timedelta | None = None
    is_ours: bool = False

    @property
    def is_answer(self) -> bool:
        """Whether the far side said this."""
        return self.code > 0 and not self.is_ours


class AccountFailure(Exception):
    """The sender's password, encryption or identity is refused: a person must mend it."""

    def __init__(self, sentence: str, reply: Reply | None = None) -> None:
        super().__init__(sentence)
        self.reply = reply or Reply(0, text=sentence)


class ChannelFailure(Exception):
    """The server cannot be reached or does not speak as it should; it is tried again later."""

    def __init__(self, sentence: str, reply: Reply | None = None) -> None:
        super().__init__(sentence)
        self.reply = reply or Reply(0, text=sentence)


class Phase(StrEnum):
    """How far one attempt came; from `DOT` on the far side may have the message (R3).

    Channels without SMTP's steps use CONNECT, DATA (before the mark) and DOT (after it).
    """

    CLAIMED = "claimed"
    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"


@dataclass(frozen=True, slots=True)
class PhoneFile:
    """A document that goes with a phone message, where the channel can carry one."""

    file_name: str
    mime_type: str
    sha256: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PhoneText:
    """What a phone gets.

    Attributes:
        text: the words, exactly as they are to be read.
        language: of the words: es, en, pt.
        approved: the name of a text that the far side approved; `parameters` fill its places.
        file: the document, when there is one.
        button: what fills the place in the address of the approved text's button.
    """

    text: str
    language: str = "es"
    approved: str = ""
    parameters: tuple[str, ...] = ()
    file: PhoneFile | None = None
    button: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message, one recipient (R8), finished.

    Attributes:
        mail_from: the envelope sender; for phones our number or name.
        rcpt_to: the envelope recipient; for phones E.164 with its plus.
        content: the bytes of a mail; for phones the text in UTF-8.
        envid: our own number of the message (RFC 3461; the reference a gateway gives back).
        phone: what a phone channel sends.
    """

    mail_from: str
    rcpt_to: str
    content: bytes
    envid: str = ""
    phone: PhoneText | None = None


@dataclass(frozen=True, slots=True)
class Handover:
    """What became of one hand-over.

    Attributes:
        phase: where it ended.
        reply: the words that ended it; code 0 without a kind after `Phase.DOT` means in doubt.
        is_fenced: the caller withdrew the message before the dot: nothing was handed over (R6).
        is_closed: the connection cannot be used any more.
        reference: the far side's number of the message; of several segments, joined by a blank.
        note: what was left out of the message because this far side cannot take it.
        is_silent: no answer came within our patience: a failure of the server, not of the message.
    """

    phase: Phase
    reply: Reply
    is_fenced: bool = False
    is_closed: bool = False
    reference: str = ""
    note: str = ""
    is_silent: bool = False

    @property
    def is_accepted(self) -> bool:
        if self.phase is not Phase.DOT:
            return False
        if self.reply.kind:
            return self.reply.kind is ReplyKind.ACCEPTED
        return 200 <= self.reply.code < 300  # noqa: PLR2004 - SMTP's 2xx

    @property
    def is_in_doubt(self) -> bool:
        return self.phase is Phase.DOT and not self.reply.kind and self.reply.code == 0


OnKept = Callable[[], None]


@dataclass(frozen=True, slots=True)
class ReceiptHeard:
    """What the far side told us later.

    Attributes:
        reference: its number of the message (of one segment, when there are several: M4).
        status: accepted, delivered, read, failed, or unknown.
        code: its error code, when there is one.
        text: its words.
        at: when it says that it happened.
        envid: our own number of the message, where the far side gives it back (R29).
        on_kept: called when it is written down; only then does a line answer the far side (R31).
    """

    reference: str
    status: str
    code: str = ""
    text: str = ""
    at: datetime | None = None
    envid: str = ""
    on_kept: OnKept | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Inbound:
    """What a person wrote to us; `on_kept` is called when it is written down.

    Attributes:
        at: when they wrote it, where the far side says it.
        reference: what this one message is known by: hearing it again changes nothing (S20).
    """

    address: str
    text: str
    at: datetime | None = None
    reference: str = ""
    on_kept: OnKept | None = field(default=None, compare=False, repr=False)


Mark = Callable[[], Awaitable[bool]]
Announce = Callable[[], Envelope | None]


class Conversation(Protocol):
    """One kept-open way to the far side; one message at a time."""

    peer: str
    count: int  # messages begun

    @property
    def is_open(self) -> bool:
        """Whether another message may be tried."""

    async def hand_over(
        self, envelope: Envelope, mark: Mark, announce: Announce | None = None, /
    ) -> Handover:
        """Hand over one message; never raises for what the far side does.

        Args:
            envelope: who, to whom, what.
            mark: awaited before the first byte after which the far side may act on the message
                (R3); False withdraws it: return `is_fenced`, having sent nothing of it.
            announce: may be asked, once this message is out, for the one that comes next.
        """

    async def close(self) -> None:
        """Say goodbye and hang up."""


@runtime_checkable
class HearsReceipts(Protocol):
    """A conversation that hears receipts by itself: whoever opens it sets `on_receipt`."""

    on_receipt: Callable[[ReceiptHeard], None]


@runtime_checkable
class HearsPeople(Protocol):
    """A conversation over which people answer: whoever opens it sets `on_inbound`."""

    on_inbound: Callable[[Inbound], None]


A = TypeVar("A")


class Adapter(Protocol[A]):
    """What makes a kind of sender work; a module of `channels` has one in its name `adapter`.

    Attributes:
        listens: the far side tells receipts on the connection itself, so one is kept open.
    """

    listens: bool

    def account_of(self, sender: Sender) -> A:
        """Return where to connect and as whom; equal while nothing has changed.

        Raises:
            SecretUnreadable: the password was stored with a key that is not here.
        """

    async def connect(self, account: A) -> Conversation:
        """Connect and sign in.

        Raises:
            AccountFailure: password, encryption or identity: a person must mend the sender.
            ChannelFailure: the far side is away or busy: later.
        """

    async def check(self, account: A) -> Reply:
        """Connect, sign in and hang up, sending nothing; raises as `connect` does."""
