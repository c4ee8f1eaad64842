"""Signs that a paper cannot show: the typesetter is asked, and they are replaced in plain sight.

A name in Chinese or an emoji used to leave a blank without a word. The fonts that ship come first,
so that a document looks the same everywhere; those of the machine only help out.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from emailketing.common.plain import JSON

FONTS = Path(__file__).with_name("fonts")
INSTEAD = "□"
# what the fonts that ship show, tested sign by sign; everything else is asked about
UNUSUAL = re.compile(
    "[^\\n -~\xa0-\u024f\u0300-\u036f\u0370-\u03ff\u0400-\u045f\u1e00-\u1eff\u2010-\u2027"
    "\u20a0-\u20bf\u2190-\u22ff\u25a0-\u25ff]"
)
MOST_ASKED = 120  # times one document; a page of unknown writing must not hold the others up
MOST_KNOWN = 20_000
PROBE = b'#set text(font: ("Inter", "DejaVu Sans Mono"))\n#sys.inputs.signs'
_known: dict[tuple[str, str], bool] = {}


def fonts(*, with_the_machines: bool, first: Path | None = None) -> typst.Fonts:
    """Return the fonts that ship and the company's own; the machine's too where one is missing.

    `first`: a folder of fonts that only some layouts ask for.
    """
    return _fonts(settings.FONTS, first, with_the_machines=with_the_machines)


@lru_cache(maxsize=8)
def _fonts(own: Path, first: Path | None, *, with_the_machines: bool) -> typst.Fonts:
    folders = [*([first] if first else []), FONTS, *([own] if own.is_dir() else [])]
    return typst.Fonts(include_system_fonts=with_the_machines, font_paths=list(map(str, folders)))


def unusual(values: JSON) -> set[str]:
    """Return the signs in plain data that the fonts that ship may not have."""
    return {sign for text in _texts(values) for sign in UNUSUAL.findall(text)}


def lost(signs: Iterable[str]) -> list[str]:
    """Return those of these signs that no font here shows, in their order."""
    where = str(settings.FONTS)
    wanted = sorted(signs)
    new = [sign for sign in wanted if (where, sign) not in _known]
    if len(_known) > MOST_KNOWN:
        _known.clear()
        new = wanted
    if new:
        budget = [MOST_ASKED]
        missing = set(_missing(new, budget))
        _known.update({(where, sign): sign not in missing for sign in new})
    return [sign for sign in wanted if not _known[where, sign]]


def _missing(signs: list[str], budget: list[int]) -> Iterator[str]:
    """Halve until it is clear which; when that takes too long the rest counts as missing."""
    if budget[0] <= 0:
        yield from signs
        return
    budget[0] -= 1
    if _are_shown(signs):
        return
    if len(signs) == 1:
        yield signs[0]
        return
    middle = len(signs) // 2
    yield from _missing(signs[:middle], budget)
    yield from _missing(signs[middle:], budget)


def _are_shown(signs: list[str]) -> bool:
    """Ask for an archive's PDF: that is refused where a sign has no picture in any font."""
    try:
        typst.compile(
            PROBE,
            font_paths=fonts(with_the_machines=True),
            ignore_system_fonts=True,
            sys_inputs={"signs": " ".join(signs)},
            pdf_standards=["a-2b"],
        )
    except (RuntimeError, ValueError):
        return False
    return True


def replaced(values: JSON, signs: Iterable[str]) -> Any:
    """Return the data with a box for each of these signs."""
    return _replaced(values, dict.fromkeys(map(ord, signs), INSTEAD))


def _replaced(values: JSON, table: Mapping[int, str]) -> Any:
    if isinstance(values, str):
        return values.translate(table)
    if isinstance(values, Mapping):
        return {_replaced(name, table): _replaced(one, table) for name, one in values.items()}
    if isinstance(values, list | tuple):
        return [_replaced(one, table) for one in values]
    return values


def _texts(values: JSON) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, Mapping):
        for name, one in values.items():
            yield str(name)
            yield from _texts(one)
    elif isinstance(values, list | tuple):
        for one in values:
            yield from _texts(one)
