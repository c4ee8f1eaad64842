"""Two values that differ must not read the same, however they are written and cut."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from emailketing.common.conditions import NUMBERS, as_number
from emailketing.common.plain import JSON, Cell
from emailketing.content import formats
from emailketing.sources.freeze import freeze

MOST_DECIMALS = 12  # that a number is written with; with more it stands as the database has it
KEPT = 12  # characters before the first difference of two long texts
SHOWN_IN_SHEET = 6  # decimals


def is_alike(one: str, other: str) -> bool:
    """Say whether a reader could not tell them apart: blanks at the end, ñ made of two letters."""
    return _as_read(one) == _as_read(other)


def _as_read(text: str) -> str:
    seen = "".join(c for c in unicodedata.normalize("NFKC", text) if c.isprintable() or c.isspace())
    return " ".join(seen.split())


@dataclass(frozen=True, slots=True)
class Exactly:
    """Writes values so that every difference is seen."""

    kind: str
    language: str
    zone: str
    currency: str

    def write(self, values: tuple[JSON, JSON], written: tuple[str, str]) -> tuple[str, str]:
        for found in (self._numbers(values), self._moments(values), _sized(values, written)):
            if found and not is_alike(*found):
                return found
        raw = (_raw(values[0]), _raw(values[1]))
        if is_alike(*raw):
            raw = (_spelled(raw[0]), _spelled(raw[1]))
        elif all(written) and all(is_alike(text, written[0]) for text in written):
            shown = zip(written, raw, strict=True)
            before, after = (f"{text} ({own})" if text != own else text for text, own in shown)
            return before, after
        return raw

    def _numbers(self, values: tuple[JSON, JSON]) -> tuple[str, str] | None:
        """The decimals both have, shown of both."""
        numbers = [as_number(freeze(value)) for value in values]
        if self.kind not in NUMBERS or numbers[0] is None or numbers[1] is None:
            return None
        places = max(-int(n.normalize().as_tuple().exponent) for n in numbers if n is not None)
        if places > MOST_DECIMALS:
            return None
        sign = formats.sign_of(self.currency, self.language) if self.kind == "money" else ""
        before, after = (
            f"{sign} {formats.number(number, self.language, max(places, 0))}".strip()
            for number in numbers
        )
        return before, after

    def _moments(self, values: tuple[JSON, JSON]) -> tuple[str, str] | None:
        if self.kind not in {"date", "datetime"}:
            return None
        try:
            before, after = (
                formats.second(freeze(value, "datetime"), self.language, self.zone)
                for value in values
            )
        except formats.NotAValue:
            return None
        return before, after


def _sized(values: tuple[JSON, JSON], written: tuple[str, str]) -> tuple[str, str] | None:
    """Long values of the same length, of which only that is noted (C4)."""
    if all(isinstance(value, Mapping) and "cut" in value for value in values):
        return written[0], _("%(size)s, with other content") % {"size": written[1]}
    return None


def _raw(value: JSON) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False)
    return str(freeze(value))


def _spelled(text: str) -> str:
    """Make seen what is not: blanks as ␣, every letter beyond ASCII by its number."""
    return json.dumps(text).replace(" ", "␣") if text else ""


def clipped(before: str, after: str, *, most: int) -> tuple[str, str]:
    """Cut both to `most` characters, there where they begin to differ."""
    if max(len(before), len(after)) <= most:
        return before, after
    same = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        same += 1
    start = max(same - KEPT, 0) if before and after and same > KEPT else 0
    return _clip(before, start, most), _clip(after, start, most)


def _clip(text: str, start: int, most: int) -> str:
    shown = ("…" if start and text else "") + text[start:]
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def as_a_sheet_shows(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:.{SHOWN_IN_SHEET}f}"
    if isinstance(cell, datetime):
        return str(cell.replace(microsecond=0))
    return _as_read(str(cell))
