"""The words a report has of its own for a phone: “Resultado {when}: {result.amount}”.

In braces stands what is filled in: a figure by its name, with a + behind it its change; `when`,
`period`, `title`, `rows`. Decision 99.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from emailketing.channels.segments import Segments
from emailketing.content import formats
from emailketing.content.sheet.figure import KeyFigure, shown_figure
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.phone import fits, plain_signs, short_value

PLACE = re.compile(r"\{([^{}]*)\}")
ALWAYS = ("when", "period", "title", "rows")
CHANGE = "+"
LONGEST_WORDS = 300  # letters, places included
LONGEST_TITLE = 40


def places_in(words: str) -> Iterator[str]:
    """Yield what stands in braces, a change by the figure it is of."""
    return (place.strip().removesuffix(CHANGE) for place in PLACE.findall(words))


def unknown_places(words: str, figures: Iterable[str]) -> list[str]:
    """Return the places that are neither a figure nor one of those there always are."""
    known = {*ALWAYS, *figures}
    return [place for place in dict.fromkeys(places_in(words)) if place not in known]


def own_text(
    words: str,
    figures: Sequence[KeyFigure],
    rows: int,
    frame: SheetFrame,
    *,
    segments: Segments | None = None,
) -> str:
    """Fill in the words; empty where they name what is not there, or need a second segment.

    Changes are left out before a second segment is begun.
    """
    said = {
        "when": frame.when or frame.period,
        "period": frame.period,
        "title": formats.short_name(frame.title, LONGEST_TITLE),
        "rows": formats.number(rows, frame.language),
    }
    changes: dict[str, str] = {}
    for figure in figures:
        change = shown_figure(figure, frame).change
        said[figure.name] = short_value(figure.value, figure, frame)
        changes[f"{figure.name}{CHANGE}"] = f" ({change})" if change else ""
    if unknown_places(words, said):
        return ""
    for extra in (changes, dict.fromkeys(changes, "")):
        text = _filled(words, said | extra)
        if segments is None or fits(text, segments):
            return text
    return ""


def _filled(words: str, said: Mapping[str, str]) -> str:
    text = PLACE.sub(lambda found: said.get(found.group(1).strip(), ""), words)
    return plain_signs(" ".join(text.split()))
