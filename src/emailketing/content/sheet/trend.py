"""The trend of a key figure: what its last runs came to, as a small line and in words (P10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.content.sheet.cells import exact, shown
from emailketing.content.sheet.figure import KeyFigure, counted
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.typeset import draw_picture

LAYOUT = Path(__file__).with_name("trend.typ")
FEWEST_RUNS, MOST_RUNS = 3, 12
WIDTH, HEIGHT, EDGE = 120, 28, 4  # points


@dataclass(frozen=True, slots=True)
class Trend:
    """A line of so many points.

    Attributes:
        points: “4,24 116,4”, as SVG takes them.
        end: where the newest stands.
        colour: of the line.
        alt: the same in words.
    """

    points: str
    end: tuple[str, str]
    colour: str
    alt: str

    @property
    def svg(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
            f'<polyline points="{self.points}" fill="none" stroke="{self.colour}"'
            ' stroke-width="1.6" stroke-linejoin="round" stroke-linecap="round"/>'
            f'<circle cx="{self.end[0]}" cy="{self.end[1]}" r="2.6" fill="{self.colour}"/></svg>'
        )


def trend_of(figure: KeyFigure, frame: SheetFrame) -> Trend | None:
    """Return the line of a figure; None while too few runs are known."""
    if exact(figure.value) is None:
        return None
    known = [number for one in (*figure.past, figure.value) if (number := exact(one)) is not None]
    values = known[-MOST_RUNS:]
    if len(values) < FEWEST_RUNS:
        return None
    places = _places(values)
    return Trend(
        points=" ".join(f"{x},{y}" for x, y in places),
        end=places[-1],
        colour=frame.look.primary_colour,
        alt=_in_words(figure, values, frame),
    )


def _places(values: Sequence[Decimal]) -> list[tuple[str, str]]:
    lowest, highest = min(values), max(values)
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    return [
        (f"{EDGE + step * number:.1f}", f"{_height(value, lowest, highest):.1f}")
        for number, value in enumerate(values)
    ]


def _height(value: Decimal, lowest: Decimal, highest: Decimal) -> float:
    """Return how far below the upper edge it stands; what never changes is in the middle."""
    share = float((value - lowest) / (highest - lowest)) if highest > lowest else 0.5
    return HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)


def _in_words(figure: KeyFigure, values: Sequence[Decimal], frame: SheetFrame) -> str:
    column = counted(figure).column
    told = {
        name: shown(value, column, frame, with_sign=True)
        for name, value in (("lowest", min(values)), ("highest", max(values)), ("now", values[-1]))
    }
    with translation.override(frame.language):
        sentence = _("%(count)s runs: lowest %(lowest)s, highest %(highest)s, now %(now)s")
    return sentence % {"count": len(values), **told}


@lru_cache(maxsize=12)  # each language has the same
def draw_trend(svg: str) -> bytes:
    """Return the line as a picture (PNG)."""
    return draw_picture(LAYOUT, {"svg": svg})
