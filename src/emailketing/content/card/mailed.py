"""The cards of a mail: drawn once when it is queued and kept by their hash, or drawn again.

The same card costs one drawing, however many people of that name there are. Whatever goes wrong
never stops a mail: its sentence stands where the picture would.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from emailketing.content.card.card import Card
from emailketing.content.card.picture import CardFailed, CardPicture, LeftOut
from emailketing.content.look import BrandLook
from emailketing.content.store import StoreFull, StoreMissing, get, put

logger = logging.getLogger(__name__)
MIME_TYPE = "image/png"
MOST_KNOWN = 20_000  # cards; only their hashes are remembered


@dataclass(frozen=True, slots=True)
class KeptCards:
    """Name inside the mail → hash of the picture; and what is wrong with them, in words."""

    sha256: dict[str, str]
    note: str = ""


def keep_cards(cards: Iterable[Card], look: BrandLook) -> KeptCards:
    """Draw them, or find them drawn, and keep them in the store."""
    kept, notes = dict[str, str](), list[str]()
    for card in cards:
        try:
            kept[card.cid], lost = _kept(card, look, str(settings.ATTACHMENTS))
        except (CardFailed, StoreFull) as error:
            notes.append(str(error))
        else:
            notes.append(str(lost))
    return KeptCards(kept, " ".join(filter(None, notes)))


@lru_cache(maxsize=MOST_KNOWN)
def _kept(card: Card, look: BrandLook, _store: str) -> tuple[str, LeftOut]:
    picture = draw(card, look)
    return put(picture.content), picture.lost


def draw(card: Card, look: BrandLook) -> CardPicture:
    """Draw it, wherever the typesetter is not loaded yet.

    Raises:
        CardFailed: one sentence.
    """
    from emailketing.content.card.draw import draw_card  # the typesetter: only where one is drawn

    return draw_card(card, look)


def card_content(card: Card, look: BrandLook, kept: Mapping[str, str]) -> bytes:
    """Return the picture as it was kept; one that is gone is drawn again; b"" where it cannot."""
    if sha256 := kept.get(card.cid):
        try:
            return get(sha256)
        except StoreMissing:
            logger.warning("card %s is gone from the store", sha256, extra={"action": "card_gone"})
    try:
        return draw(card, look).content
    except CardFailed as error:
        logger.warning("no card: %s", error, extra={"action": "card_failed"})
        return b""


def embedded(page: str, cards: Iterable[Card], look: BrandLook) -> dict[str, bytes]:
    """Return the pictures that a page shows, by their names; for previews."""
    drawn = {card.cid: card_content(card, look, {}) for card in cards if card.cid in page}
    return {name: content for name, content in drawn.items() if content}
