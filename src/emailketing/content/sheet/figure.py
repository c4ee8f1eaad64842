"""A key figure: its value, and how it stands against the period before, in words as well (P10)."""

from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import Literal, TypeAlias

from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.common.plain import Cell
from emailketing.content.formats import EXACT, FIRM, number
from emailketing.content.kinds import local
from emailketing.content.sheet.cells import exact, shown, tone_of
from emailketing.content.sheet.column import Column, Labels
from emailketing.content.sheet.frame import SheetFrame

MOST_FIGURES = 6
WHOLE_FROM = 10  # percent: above it nobody needs decimals
Direction: TypeAlias = Literal["up", "down", ""]
ARROWS = {"up": "▲", "down": "▼", "same": "="}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigure:
    """One figure of a report.

    Attributes:
        label: what it is.
        name: by which a text for the phone names it: a column, or “line.column” of a statement.
        value: a number, as the read gave it.
        column: how it is written, and its thresholds.
        before: the same of the period before; None where there is none.
        against: what `before` is of: “octubre”.
        good: which direction is good news; empty where neither is.
        past: what it came to in the runs before, the oldest first, for its trend.
    """

    label: Labels
    value: Cell
    column: Column
    name: str = ""
    before: Cell = None
    against: Labels = ""
    good: Direction = ""
    past: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure written out.

    Attributes:
        label, value: as they stand.
        arrow: ▲, ▼ or =; empty where nothing is compared.
        change: “+12 %”, “+2,1 p.” between percentages, “+Gs. 15” where one is below nothing;
            empty where it cannot be said.
        words: the change for those who see no colour: “12 % más que octubre (Gs. 75.267.857)”.
        tone: good, warning, bad or empty.
    """

    label: str
    value: str
    arrow: str = ""
    change: str = ""
    words: str = ""
    tone: str = ""


def shown_figure(figure: KeyFigure, frame: SheetFrame) -> ShownFigure:
    """Write a figure; one that cannot be compared (nothing before, no number) just stands there."""
    label = local(figure.label, frame.language)
    figure = counted(figure)
    value = shown(figure.value, figure.column, frame, with_sign=True) or "—"
    tone = tone_of(figure.value, figure.column)
    now, then = exact(figure.value), exact(figure.before)
    if now is None or then is None:
        return ShownFigure(label, value, tone=tone)
    direction = "same" if now == then else "up" if now > then else "down"
    if not tone and figure.good and direction != "same":
        tone = "good" if direction == figure.good else "bad"
    change = change_of(now, then, figure.column, frame)
    with translation.override(frame.language):
        words = _words(figure, frame, direction, change)
    return ShownFigure(label, value, ARROWS[direction], change, words, tone)


def counted(figure: KeyFigure) -> KeyFigure:
    """A figure of how many there are is a number, whatever it counts: never money or a date."""
    if figure.column.total != "count":
        return figure
    column = replace(figure.column, kind="number", decimals=0, currency="", thresholds=())
    return replace(figure, column=column)


def change_of(now: Decimal, then: Decimal, column: Column, frame: SheetFrame) -> str:
    """Write a change with its sign; empty where it is none, or nothing stood before."""
    if now == then:
        return ""
    with localcontext(EXACT):
        if column.kind == "percent":
            points = number((now - then) * 100, frame.language, 1)
            with translation.override(frame.language):
                return _signed(now > then, _("%(points)s points") % {"points": points.lstrip("-")})
        if then == 0:
            return ""
        if min(now, then) < 0:  # of a loss no percent says anything
            return _signed(now > then, shown(abs(now - then), column, frame, with_sign=True))
        percent = abs((now - then) / then * 100)
    places = 0 if percent >= WHOLE_FROM else 1
    written = number(round(percent, places).normalize(), frame.language)
    return _signed(now > then, f"{written}{FIRM}%")


def _signed(is_up: bool, text: str) -> str:
    return f"{'+' if is_up else '−'}{text}"


def _words(figure: KeyFigure, frame: SheetFrame, direction: str, change: str) -> str:
    """Say the change so that neither the arrow nor its colour is needed."""
    told = {
        "change": change[1:],
        "against": local(figure.against, frame.language) or _("before"),
        "before": shown(figure.before, figure.column, frame, with_sign=True),
    }
    if direction == "same":
        return _("the same as %(against)s") % told
    if not change:
        return _("%(against)s: %(before)s") % told
    if direction == "up":
        return _("%(change)s more than %(against)s (%(before)s)") % told
    return _("%(change)s less than %(against)s (%(before)s)") % told
