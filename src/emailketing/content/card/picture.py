"""What comes of drawing a card; without what draws it, which only few processes need."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

WIDTH, HEIGHT = 600, 420  # as mails show it; drawn twice as large


class CardFailed(Exception):
    """The card cannot be drawn; the mail goes out with its words alone, and says so."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not on a card because no font here can write it; as text a sentence, or nothing."""

    name: str = ""
    signs: str = ""

    def __str__(self) -> str:
        if self.name:
            sentence = _(
                "The card was made without the name “%(name)s”: no font here can write it."
            )
            return sentence % {"name": self.name}
        sentence = _("The card leaves out %(signs)s: no font here has them.")
        return sentence % {"signs": self.signs} if self.signs else ""

    def __bool__(self) -> bool:
        return bool(self.name or self.signs)


@dataclass(frozen=True, slots=True)
class CardPicture:
    """A card as it is mailed, the same for the same card; and what is not on it."""

    content: bytes
    alt: str
    lost: LeftOut
    width: int = WIDTH
    height: int = HEIGHT
