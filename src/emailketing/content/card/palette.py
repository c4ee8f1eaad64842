"""The colours of a card, made of the brand's two: a pale or a very dark brand has good ones too."""

from emailketing.content.colours import INK, READABLE, WHITE, contrast, mixed, tint
from emailketing.content.look import BrandLook

STRONG = 7.0  # contrast of letters on a card: they are read small on a phone (WCAG 2.2, 1.4.6)
SEEN = 3.0  # of drawings (1.4.11)
STEPS = 20
GOLD, NIGHT = "#e0b252", "#070b14"


def palette(look: BrandLook) -> dict[str, str]:
    """Return ground, paper and what is drawn on them, each as #rrggbb."""
    ground, ornament = _ground_and_ornament(look.primary_colour, look.accent_colour)
    deep = _until(ground, INK, WHITE, STRONG)
    bright = _until(ornament, WHITE, deep, SEEN)
    night = mixed(deep, NIGHT, 0.62)
    return {
        "deep": deep,
        "night": night,
        "dusk": mixed(mixed(night, deep, 0.5), WHITE, 0.07),
        "raised": mixed(deep, WHITE, 0.12),
        "accent": bright,
        "strong": _until(ornament, deep, WHITE, SEEN),
        "gold": mixed(bright, GOLD, 0.35),
        "paper": mixed(tint(deep, 0.04), "#fffaf0", 0.55),
        "soft": mixed(deep, WHITE, 0.84),
        "mid": mixed(deep, WHITE, 0.55),
        "pale": mixed(bright, WHITE, 0.6),
    }


def _ground_and_ornament(primary: str, accent: str) -> tuple[str, str]:
    """A pale main colour made dark is mud: it shines on the other one, or on ink."""
    if contrast(primary, WHITE) >= SEEN:
        return primary, accent
    is_dark = contrast(accent, WHITE) >= READABLE
    return accent if is_dark else mixed(INK, primary, 0.1), primary


def _until(colour: str, towards: str, against: str, enough: float) -> str:
    """Move a colour towards another until it stands out from a third."""
    for step in range(STEPS):
        tried = mixed(colour, towards, step / STEPS)
        if contrast(tried, against) >= enough:
            return tried
    return towards
