"""What a trigger says when it wants something written, and what it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from emailketing.channels.declared import EMAIL
from emailketing.channels.models import Sender
from emailketing.common.plain import Entry
from emailketing.company.models import INSTALLATION
from emailketing.content.models import Template
from emailketing.outbox.models import Dispatch, MailClass


@dataclass(frozen=True)
class Way:
    """How a channel is used here: these words, through this sender."""

    template: Template
    sender: Sender


@dataclass(frozen=True)
class Alternative:
    """Another way to the same person, tried when the one before failed, never in doubt (R30)."""

    channel: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who, where, in which language, and why this person; `fields` are the recipient's own data.

    Attributes:
        channel: one of the request's ways.
        alternatives: tried in this order when the message could not reach the address.
        not_before: later than the request's, when this person must not be disturbed now (R23).
    """

    address: str
    channel: str = EMAIL
    alternatives: tuple[Alternative, ...] = ()
    not_before: datetime | None = None
    name: str = ""
    language: str = "es"
    contact_id: int | None = None
    why: str = ""
    fields: Entry = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class File:
    """An attachment; language "" is for all, "es" only for those who read Spanish.

    `note`: what somebody should know about it, kept with each message that carries it.
    """

    file_name: str
    mime_type: str
    content: bytes
    language: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Request:
    """Everything a trigger has to say.

    Attributes:
        key: natural and unique (R28): the same key twice is the same decision.
        ways: by channel; a recipient's message is made by the way of its channel.
        hold_reason: a sentence; the messages then wait until a person releases them.
        ends: what a reader ends by the link in it: a reason to write (report:12); "": the class.
    """

    key: str
    trigger: str
    trigger_label: str
    ways: Mapping[str, Way]
    recipients: tuple[Recipient, ...]
    data: Entry
    mail_class: MailClass
    scope: str = INSTALLATION
    event_id: int | None = None
    document_type: str = ""
    document_key: str = ""
    document_label: str = ""
    files: tuple[File, ...] = ()
    not_before: datetime | None = None
    expires_at: datetime | None = None
    hold_reason: str = ""
    created_by: str = ""
    ends: str = ""


@dataclass(frozen=True)
class Refusal:
    """An address that cannot be used, and why."""

    address: str
    sentence: str


@dataclass(frozen=True)
class Dispatched:
    """What was decided.

    `broken`: why texts could not be written out; `stopped`: to whom nothing may be sent and why,
    where no other way is left; one for each such message.
    """

    dispatch: Dispatch
    is_new: bool
    messages: int
    refused: list[Refusal]
    broken: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)


class DoesNotFit(Exception):
    """A value cannot be kept: it is longer than its column, or no text of our database."""


class KeyReused(Exception):
    """The key was used before, for something else (R27)."""
