"""Colours of the brand: are they readable, and what goes with them (WCAG 2.2 contrast)."""

import re

from django.utils.translation import gettext as _

WHITE, INK = "#ffffff", "#1d2733"
LINEAR_BELOW = 0.04045  # sRGB
READABLE = 4.5  # WCAG 2.2, 1.4.3
COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")


class NotAColour(ValueError):
    """A colour is not written as #rrggbb."""


def rgb(colour: str) -> tuple[int, int, int]:
    """Read #rrggbb.

    Raises:
        NotAColour: with one sentence.
    """
    if not COLOUR.match(colour):
        raise NotAColour(
            _("“%(colour)s” is no colour: write it as #0f4c81.") % {"colour": colour[:20]}
        )
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio, 1 (the same) to 21 (black on white)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(background: str, *, wish: str = WHITE) -> str:
    """Return the wished colour where it can be read on this background, else one that can."""
    if contrast(wish, background) >= READABLE:
        return wish
    return max((WHITE, INK), key=lambda ink: contrast(ink, background))


def tint(colour: str, share: float) -> str:
    """Return the colour thinned with white, for backgrounds."""
    return mixed(WHITE, colour, share)


def mixed(colour: str, other: str, share: float) -> str:
    """Return the colour with a share of another in it."""
    parts = zip(rgb(colour), rgb(other), strict=True)
    return "#{:02x}{:02x}{:02x}".format(*(round(a + (b - a) * share) for a, b in parts))


def colour_problem(primary: str) -> str:
    """Say in one sentence when the main colour is too pale for white letters; else ""."""
    if contrast(primary, WHITE) >= READABLE:
        return ""
    return _("The main colour is pale: letters on it are written dark so that they can be read.")


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= LINEAR_BELOW else ((part + 0.055) / 1.055) ** 2.4
