"""What a column of a table is: its name, heading, kind of value, total and thresholds.

Whoever asks a source says it; whoever writes a file, a mail or a text reads it, so that all of
them show the same (P7).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal, TypeAlias, TypeVar, get_args

from emailketing.common.plain import JSON, Cell, Entry, Values
from emailketing.common.said import say as _
from emailketing.content.kinds import local
from emailketing.content.words import Words, said_in

Labels: TypeAlias = str | Mapping[str, str]  # a text for all, or {"es": …, "en": …}
Tone: TypeAlias = Literal["good", "warning", "bad"]
Word = TypeVar("Word", bound=str)
Total: TypeAlias = Literal["", "sum", "average", "count", "min", "max"]

# what a connector calls the types of its fields, and percentages
KINDS = ("text", "money", "number", "quantity", "percent", "date", "datetime", "boolean")
NUMERIC = frozenset({"money", "number", "quantity", "percent"})
ORDERED = NUMERIC | {"date", "datetime"}  # of which there is a least and a greatest
TONES: tuple[Tone, ...] = get_args(Tone)
TOTALS: tuple[Total, ...] = get_args(Total)
MOST_COLUMNS = 500
MOST_DECIMALS = 12
MOST_THRESHOLDS = 10
LONGEST_NAME = 200
WIDEST = 120  # characters


class ColumnError(ValueError):
    """A column cannot be as it was said; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A value beyond which a cell has a tone: above the limit, or below it."""

    limit: Decimal
    is_above: bool
    tone: Tone

    def __post_init__(self) -> None:
        if not self.limit.is_finite():
            raise ColumnError(_("The limit of a threshold must be a number."))
        if self.tone not in TONES:
            raise ColumnError(_("A threshold is good, warning or bad."))

    def applies(self, value: Decimal) -> bool:
        return value > self.limit if self.is_above else value < self.limit


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    `words` say what its values are called; then they stand as the business has them, the same for
    every reader. `width` is in characters, 0 what its kind needs. `currency` is that of all its
    amounts, empty the company's. `decimals` None is what kind and currency say. The first threshold
    that applies counts.
    """

    name: str
    label: Labels
    kind: str = "text"
    width: int = 0
    total: Total = ""
    currency: str = ""
    decimals: int | None = None
    thresholds: tuple[Threshold, ...] = ()
    words: Words = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name or len(self.name) > LONGEST_NAME or "\x00" in self.name:
            raise ColumnError(_("A column must have a name of at most 200 letters."))
        if self.kind not in KINDS:
            raise _wrong(self, _("it has no kind “%(kind)s”.") % {"kind": self.kind})
        if self.total not in TOTALS:
            raise _wrong(self, _("there is no total “%(total)s”.") % {"total": self.total})
        _check_total(self)
        _check_looks(self)

    @property
    def is_numeric(self) -> bool:
        return self.kind in NUMERIC

    def heading(self, language: str) -> str:
        """Return the label in the reader's language, or the name where there is none."""
        return local(self.label, language) or self.name

    def called(self, value: Cell) -> Labels:
        """Return what people call a value: a text for all, or by language."""
        text = "" if value is None else str(value)
        return said_in(self.words, text) or text

    def names_of(self, value: Cell) -> list[str]:
        """Return by what a value may be named: as it is kept, and in any language; in small."""
        called = self.called(value)
        words = [called] if isinstance(called, str) else called.values()
        return list(dict.fromkeys(name.strip().casefold() for name in (str(value), *words)))

    def with_words(self, words: Words) -> "Column":
        """Let words say its values, which are no numbers then, whatever they look like."""
        total: Total = "count" if self.total == "count" else ""
        return replace(
            self, words=words, kind="text", total=total, currency="", decimals=None, thresholds=()
        )

    def tone_of(self, value: Decimal | int | None) -> Tone | None:
        """Say how a value of this column is to be looked at; None: like any other."""
        if value is None or not self.thresholds:
            return None
        number = Decimal(value)
        return next((each.tone for each in self.thresholds if each.applies(number)), None)


def check_columns(columns: Sequence[Column]) -> None:
    """Make sure that these can be the columns of one table.

    Raises:
        ColumnError: there is none, there are too many, or two have one name.
    """
    if not columns:
        raise ColumnError(_("A table needs at least one column."))
    if len(columns) > MOST_COLUMNS:
        sentence = _("The table has %(count)s columns; at most %(most)s can be shown.")
        raise ColumnError(sentence % {"count": len(columns), "most": MOST_COLUMNS})
    seen: set[str] = set()
    for column in columns:
        if column.name in seen:
            sentence = _("Two columns are called “%(name)s”. Give one of them another name (AS).")
            raise ColumnError(sentence % {"name": column.name})
        seen.add(column.name)


def to_plain(column: Column) -> Entry:
    """Return it as JSON holds it."""
    return {
        "name": column.name,
        "label": column.label if isinstance(column.label, str) else dict(column.label),
        "kind": column.kind,
        "width": column.width,
        "total": column.total,
        "currency": column.currency,
        "decimals": column.decimals,
        "thresholds": [
            {"limit": str(each.limit), "is_above": each.is_above, "tone": each.tone}
            for each in column.thresholds
        ],
        "words": {word: dict(said) for word, said in column.words.items()},
    }


def from_plain(plain: Values) -> Column:
    """Read what `to_plain` wrote."""
    label, decimals, thresholds = plain["label"], plain["decimals"], plain["thresholds"]
    return Column(
        name=str(plain["name"]),
        label={name: str(text) for name, text in label.items()}
        if isinstance(label, Mapping)
        else str(label),
        kind=str(plain["kind"]),
        width=int(str(plain["width"])),
        total=_known(TOTALS, plain["total"]),
        currency=str(plain["currency"]),
        decimals=None if decimals is None else int(str(decimals)),
        thresholds=tuple(_threshold(each) for each in _members(thresholds)),
        words=_words(plain.get("words")),  # older files have none
    )


def _words(value: JSON) -> Words:
    several = value.items() if isinstance(value, Mapping) else ()
    return {
        word: {language: str(text) for language, text in said.items()}
        for word, said in several
        if isinstance(said, Mapping)
    }


def _members(value: JSON) -> list[Values]:
    several = value if isinstance(value, list | tuple) else ()
    return [each for each in several if isinstance(each, Mapping)]


def _threshold(plain: Values) -> Threshold:
    return Threshold(
        Decimal(str(plain["limit"])), plain["is_above"] is True, _known(TONES, plain["tone"])
    )


def _known(among: Sequence[Word], value: JSON) -> Word:
    return next(word for word in among if word == value)


def _check_total(column: Column) -> None:
    if column.total in ("sum", "average") and not column.is_numeric:
        raise _wrong(column, _("only numbers can be added up or averaged."))
    if column.total in ("min", "max") and column.kind not in ORDERED:
        raise _wrong(column, _("only numbers and dates have a least and a greatest."))


def _check_looks(column: Column) -> None:
    if not 0 <= column.width <= WIDEST:
        raise _wrong(column, _("its width is from 0 to 120 characters."))
    if column.decimals is not None and not 0 <= column.decimals <= MOST_DECIMALS:
        raise _wrong(column, _("it can have from 0 to 12 decimals."))
    if column.currency and not re.fullmatch(r"[A-Z]{3}", column.currency):
        raise _wrong(column, _("a currency is a code of three letters, such as PYG."))
    if column.thresholds and not column.is_numeric:
        raise _wrong(column, _("only numbers can have thresholds."))
    if len(column.thresholds) > MOST_THRESHOLDS:
        raise _wrong(column, _("it can have at most ten thresholds."))


def _wrong(column: Column, why: str) -> ColumnError:
    return ColumnError(_("Column “%(name)s”: %(why)s") % {"name": column.name, "why": why})
