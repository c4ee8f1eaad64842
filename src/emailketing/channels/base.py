"""What every channel speaks of: replies, the two failures, the outcome of a hand-over."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Reply:
    """The far side's words: code 0 means that it said nothing (time-out, connection lost)."""

    code: int
    enhanced: str = ""
    text: str = ""


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
    """How far one attempt came; from `DOT` on the far side may have the message (R3)."""

    CLAIMED = "claimed"
    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message, one recipient (R8), finished bytes.

    Attributes:
        envid: our own number of the message, for delivery status notifications (RFC 3461).
    """

    mail_from: str
    rcpt_to: str
    content: bytes
    envid: str = ""


@dataclass(frozen=True, slots=True)
class Handover:
    """What became of one hand-over.

    Attributes:
        phase: where it ended.
        reply: the words that ended it; code 0 after `Phase.DOT` means in doubt.
        is_fenced: the caller withdrew the message before the dot: nothing was handed over (R6).
        is_closed: the connection cannot be used any more.
    """

    phase: Phase
    reply: Reply
    is_fenced: bool = False
    is_closed: bool = False

    @property
    def is_accepted(self) -> bool:
        return self.phase is Phase.DOT and 200 <= self.reply.code < 300  # noqa: PLR2004 - SMTP's 2xx

    @property
    def is_in_doubt(self) -> bool:
        return self.phase is Phase.DOT and self.reply.code == 0
