"""Draw a card: Typst arranges, the colours are few, so that the picture stays small.

What no font here can write is left out of it and said; never a box in a greeting.
"""

import io
import json
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _
from PIL import Image

from emailketing.content import glyphs
from emailketing.content.card.card import Card
from emailketing.content.card.palette import palette
from emailketing.content.card.picture import CardFailed, CardPicture, LeftOut
from emailketing.content.logo import as_svg, shown_size
from emailketing.content.look import BrandLook
from emailketing.content.typeset import NotTypeset, draw_picture

FOLDER = Path(__file__).parent
MOST_BYTES = 60_000
COLOURS = (160, 64, 24, 12)  # until it is small enough
LOGO = (150, 42)
MOST_KEPT = 128
_LETTER = re.compile(r"[^\W\d_]")


@lru_cache(maxsize=MOST_KEPT)
def draw_card(card: Card, look: BrandLook) -> CardPicture:
    """Draw it in the brand's colours, with its logo.

    Raises:
        CardFailed: one sentence.
    """
    lost = set(glyphs.lost(glyphs.unusual([card.words, card.name])))
    shown = _without(lost, card) if lost else card
    data = {
        "words": shown.words,
        "name": shown.name,
        "company": look.name,
        "colours": palette(look),
        "logo": as_svg(look.logo),
        "size": shown_size(look.logo, width=LOGO[0], height=LOGO[1]) if look.logo else None,
    }
    # asked of what is left: a sign that is not drawn changes nothing of what is
    is_unusual = bool(glyphs.unusual([shown.words, shown.name]))
    made = _typeset(card.design, json.dumps(data), is_unusual=is_unusual)
    has_lost_name = bool(card.name) and not shown.name
    left_out = LeftOut(name=card.name) if has_lost_name else LeftOut(signs=" ".join(sorted(lost)))
    return CardPicture(_small(made), card.alt, left_out)


def _without(lost: set[str], card: Card) -> Card:
    """Leave out signs that no font here has; of a name whose letters are gone, all."""
    # what joins or turns a sign goes with it: alone it would be a gap
    signs = re.compile(f"[{re.escape(''.join(lost))}][\u200d\ufe00-\ufe0f]*")
    words, name = (" ".join(signs.sub("", text).split()) for text in (card.words, card.name))
    if any(_LETTER.match(sign) for sign in lost & set(card.name)):
        name = ""  # half a name is none
    return replace(card, words=words, name=name)


def _typeset(design: str, data: str, *, is_unusual: bool) -> bytes:
    layout = FOLDER / "designs" / f"{design}.typ"
    fonts = glyphs.fonts(with_the_machines=is_unusual, first=FOLDER / "fonts")
    try:
        return draw_picture(layout, {"data": data}, root=FOLDER, fonts=fonts)
    except NotTypeset as error:
        raise CardFailed(_("The card cannot be drawn: %(why)s.") % {"why": error}) from error


def _small(png: bytes) -> bytes:
    """Write it with a palette of as many colours as fit; flat drawings lose nothing."""
    with Image.open(io.BytesIO(png)) as opened:
        picture = opened.convert("RGB")
    content = png
    for colours in COLOURS:
        file = io.BytesIO()
        few = picture.quantize(colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(file, "PNG")
        content = file.getvalue()
        if len(content) <= MOST_BYTES:
            break
    return content
