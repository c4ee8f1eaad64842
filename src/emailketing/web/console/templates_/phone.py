"""A text for a phone while it is being written: the bubble, and how many messages it takes (M1)."""

from dataclasses import dataclass

from emailketing.channels.catalogue import channel_of
from emailketing.channels.segments import Measure
from emailketing.content.render import Rendered

MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class PhoneView:
    """What a page shows: the words, or an approved name with its parameters.

    Attributes:
        size: as the operator counts it, where it is paid in pieces.
        plain_size: the same without accents; None where that saves nothing.
        button: where the button of an approved text leads.
        special: the letters for which a message holds 70 instead of 160.
    """

    channel: str
    text: str
    approved_name: str = ""
    size: Measure | None = None
    plain_size: Measure | None = None
    special: str = ""
    button: str = ""

    @property
    def parameters(self) -> list[str]:
        return self.text.split("\n") if self.approved_name and self.text else []


def phone_view(written: Rendered, channel: str, button: str = "") -> PhoneView:
    segments = channel_of(channel).segments
    if segments is None:
        return PhoneView(channel, written.text, written.subject, button=button)
    size, plain = segments.measure(written.text), segments.measure(written.text, plain=True)
    letters = dict.fromkeys(filter(segments.costly, written.text))
    return PhoneView(
        channel,
        written.text,
        size=size,
        plain_size=plain if plain.segments < size.segments else None,
        special=" ".join(list(letters)[:MOST_NAMED]),
    )
