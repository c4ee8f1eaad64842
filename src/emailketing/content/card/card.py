"""What a card says, and how a mail names it: `cid:` and what it says, so that the page tells all.

A template writes `{{ "¡Feliz día!"|card("parents", recipient.name) }}` as a picture's address; what
comes of it is taken out again by `taken_cards` once the page is written out.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from emailketing.common.plain import Cell
from emailketing.content.formats import short_name

LONGEST_WORDS, LONGEST_NAME = 140, 90
# design → what it is called, and what it says where nobody says anything else
DESIGNS: dict[str, tuple[Promise, Promise]] = {
    "birthday": (_("Birthday"), _("Happy birthday!")),
    "christmas": (_("Christmas"), _("Merry Christmas!")),
    "new-year": (_("New Year"), _("Happy New Year!")),
    "anniversary": (_("Anniversary"), _("Thank you for another year together!")),
    "parents": (_("Mother's or Father's day"), _("Have a lovely day!")),
    "thanks": (_("Thanks"), _("Thank you!")),
}
_ADDRESS = re.compile(r"cid:card\.([A-Za-z0-9_-]+=*)")
_FILTER = re.compile(r"\|\s*card\b")
_END = re.compile(r"\s*([.!…]*)\s*$")


@dataclass(frozen=True, slots=True)
class Card:
    """A design, the words on it, and whose it is."""

    design: str
    words: str
    name: str = ""

    @classmethod
    def of(cls, design: str, words: Cell, name: Cell = "") -> "Card":
        """Return one whose words and name fit."""
        return cls(design, _said(words), _whose(name))

    @property
    def cid(self) -> str:
        """What the picture is called inside its mail: the same for the same card."""
        said = f"{self.design}\n{self.words}\n{self.name}".encode(errors="replace")
        return f"card-{hashlib.sha256(said).hexdigest()[:16]}"

    @property
    def alt(self) -> str:
        """The sentence that says what the picture shows."""
        return greets(self.words, self.name)


def greets(words: Cell, name: Cell = "") -> str:
    """Put the name into the words: “¡Feliz cumpleaños!”, “Ana” → “¡Feliz cumpleaños, Ana!”."""
    said, whose = _said(words), _whose(name)
    if not whose or not said:
        return said or whose
    end = _END.search(said)
    place = end.start() if end else len(said)
    return f"{said[:place]}, {whose}{said[place:].strip() or '.'}"


def card_address(words: Cell, design: str, name: Cell = "") -> str:
    """Return the address of the picture, behind `cid:`; a design that is none: no picture."""
    if design not in DESIGNS:
        return ""
    said = json.dumps([design, _said(words), _whose(name)], ensure_ascii=False)
    return f"card.{base64.urlsafe_b64encode(said.encode(errors='replace')).decode()}"


def may_show_cards(page: str) -> bool:
    """Say whether a compiled page writes addresses of cards, whoever it is for."""
    return bool(_FILTER.search(page))


def taken_cards(page: str) -> tuple[str, tuple[Card, ...]]:
    """Return the page with short addresses, and the cards that it shows."""
    if "cid:card." not in page:
        return page, ()
    found: dict[str, Card] = {}

    def take(address: re.Match[str]) -> str:
        card = _card_in(address[1])
        if card is None:
            return "cid:"
        found[card.cid] = card
        return f"cid:{card.cid}"

    return _ADDRESS.sub(take, page), tuple(found.values())


def _card_in(written: str) -> Card | None:
    """Read an address; one that somebody wrote by hand says nothing."""
    try:
        design, words, name = json.loads(base64.urlsafe_b64decode(written))
    except (ValueError, TypeError):
        return None
    return Card.of(design, words, name) if design in DESIGNS else None


def _said(words: Cell) -> str:
    return short_name(str(words or ""), LONGEST_WORDS)


def _whose(name: Cell) -> str:
    return short_name(str(name or ""), LONGEST_NAME)
