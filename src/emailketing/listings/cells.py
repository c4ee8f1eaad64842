"""What a database gives becomes what its column holds: exact decimals, days, instants, texts.

What is not what its column says stays as the text it is: a date from before Christ or the word
NaN is no reason to show nothing (R25).
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from django.utils.translation import gettext as _

from emailketing.common.conditions import as_number
from emailketing.common.plain import Cell
from emailketing.common.said import LANGUAGES
from emailketing.content.kinds import local
from emailketing.content.sheet.column import Column
from emailketing.content.words import Words, sayer
from emailketing.sources.freeze import freeze

Reader = Callable[[Cell], Cell]
NUMBERS = frozenset({"money", "number", "quantity", "percent"})


def reader_of(kind: str) -> Reader:
    """Return what reads the values of a column."""
    return _READERS.get(kind, _number if kind in NUMBERS else _text)


def described_by(column: Column, words: Words) -> tuple[Column, Reader]:
    """Let a column read its values; those that words say stay as the business writes them."""
    if not words:
        return column, reader_of(column.kind)
    return column.with_words(words), as_written


def as_written(value: Cell) -> Cell:
    return None if value is None else str(freeze(value))


def saying(reader: Reader, words: Words, language: str) -> Reader:
    """Return what reads a value and says its word."""
    say = sayer(words, language)

    def said(value: Cell) -> Cell:
        cell = reader(value)
        return say(cell) if isinstance(cell, str) else cell

    return said


def choice_words(choices: Mapping[str, Mapping[str, str]]) -> Words:
    """Return what values are called, in each language, also where only another one has it."""
    return {
        value: {language: local(label, language) for language in LANGUAGES}
        for value, label in choices.items()
    }


def _number(value: Cell) -> Cell:
    if value is None or type(value) is int:
        return value
    if value == "":
        return None
    written = freeze(value, "number")
    number = as_number(written)
    return str(written) if number is None else number


def _date(value: Cell) -> Cell:
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    written = str(freeze(value, "date"))
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        return written


def _datetime(value: Cell) -> Cell:
    if value is None or isinstance(value, datetime):
        return value
    written = str(freeze(value, "datetime"))
    try:
        return datetime.fromisoformat(written) if written else None
    except ValueError:
        return written


def _boolean(value: Cell) -> Cell:
    return None if value is None or value == "" else bool(freeze(value, "boolean"))


def _text(value: Cell) -> Cell:
    if value is None or (isinstance(value, str) and value == ""):
        return value
    if isinstance(value, bytes | memoryview):
        return _("(%(count)s bytes)") % {"count": len(value)}
    return str(freeze(value))


_READERS: dict[str, Reader] = {"date": _date, "datetime": _datetime, "boolean": _boolean}
