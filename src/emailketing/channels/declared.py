"""What a channel says of itself: what it can do, and which kinds of senders it has.

Each folder declares its own in `channel.py`; everybody else asks for what it can do, not for its
name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from emailketing.channels.segments import Segments

Text = str | Promise
PASSWORD, GATEWAY = _("Password"), _("The gateway")
EMAIL = "email"  # the channel of whatever names none
REQUEST, ANSWER, RECEIPTS, LIMITS = (
    "request",
    "answer",
    "receipts",
    "limits",
)  # groups of options on the screen


@dataclass(frozen=True, slots=True)
class Option:
    """One entry in a sender's options.

    Attributes:
        way: how it is entered: line, lines, number, switch, choice.
        part: the group it stands in on the screen.
        between: the least and the greatest number.
    """

    name: str
    label: Text
    help: Text = ""
    way: str = "line"
    choices: tuple[tuple[str, Text], ...] = ()
    required: bool = False
    default: str = ""
    part: str = ""
    between: tuple[int, int] = (0, 999_999)  # of a number


@dataclass(frozen=True, slots=True)
class KindOf:
    """A kind of sender.

    Attributes:
        label: what it is called in a list; `title` where somebody chooses one.
        module: where in the channel's folder its `adapter` is, and `hear` if the far side calls us.
        fields: which of the sender's own fields it uses, besides name, limits and price.
        names: what they are called here, where that differs; `helps` the same for their help.
        defaults: of those fields; an option has its own.
        securities: the ways of encryption it offers; empty: all.
        password: what the secret is called; empty: there is none.
        needs_user: a password belongs to a user name; False: it stands alone.
        may_lack_password: it works without: some local gateways know us by our address.
        hook_secret: what the signing secret of its receipts is called; empty: there is none.
        hook_help: how the far side learns our address; empty: it calls nobody.
        has_own_receipts: its receipts are described by hand, with their secret beside them.
        wire_title: what its page calls the far side.
        hears_people: what people answer reaches us.
    """

    kind: str
    label: Text
    title: Text
    hint: Text
    icon: str
    fields: tuple[str, ...]
    module: str
    channel: str = ""  # filled in from the channel that has it
    options: tuple[Option, ...] = ()
    names: Mapping[str, Text] = field(default_factory=dict)
    helps: Mapping[str, Text] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    securities: tuple[tuple[str, Text], ...] = ()
    password: Text = PASSWORD
    needs_user: bool = True
    may_lack_password: bool = False
    hook_secret: Text = ""
    hook_help: Text = ""
    has_own_receipts: bool = False
    wire_title: Text = GATEWAY
    hears_people: bool = True

    def option(self, name: str) -> Option | None:
        return next((option for option in self.options if option.name == name), None)


@dataclass(frozen=True, slots=True)
class ChannelOf:
    """A way to reach a person, and what it can do.

    Attributes:
        folder: the package it lies in; its `checks` say what a sender of each kind must be.
        place: where it stands in lists; `turn`: which of several phones' is tried first.
        address: which kind of a person's addresses it writes to: email or phone.
        needs_mobile: a landline cannot be reached.
        formats: the formats of texts it takes, with their names; the first is what is begun with.
        needs_approved_text: the far side knows the text by a name; a free one is the exception.
        approved_help: where that name is found.
        approved_test: the name of a text that is approved for every account.
        test_language: the only language of that text.
        answers_within: a free text may go only this long after the person's own last message.
        outside_answers: says that this time is over.
        carries_files: a document can go with the text.
        segments: how a text is counted, where it is paid in pieces.
        look: which bubble the pages draw.
        no_text: what a form says where a rule has no text for it.
        previews_as: what its app calls itself when it looks at a link before the reader does.
    """

    name: str
    label: Text
    icon: str
    folder: str
    kinds: tuple[KindOf, ...]
    place: int
    turn: int = 0
    address: str = "phone"
    needs_mobile: bool = False
    formats: Mapping[str, Text] = field(default_factory=dict)
    needs_approved_text: bool = False
    approved_help: Text = ""
    approved_test: str = ""
    test_language: str = ""
    answers_within: timedelta | None = None
    outside_answers: Callable[[], str] = str
    carries_files: bool = False
    segments: Segments | None = None
    look: str = ""
    text_label: Text = ""
    no_text: Text = ""
    previews_as: str = ""

    @property
    def is_phone(self) -> bool:
        """Whether its messages go to a number and cost money."""
        return self.address == "phone"
