"""A pure function: revision + frozen data → subject, HTML, text (minijinja; S7–S10).

Templates get plain data only; printing a name that is not there is an error; fuel, memory and
output are limited.
"""

import hashlib
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, Protocol, cast

import minijinja
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from emailketing.common.plain import Values
from emailketing.content import formats
from emailketing.content.bounds import TooMuch, check_bounds
from emailketing.content.card.card import Card, card_address, greets, taken_cards
from emailketing.content.comparing import TESTS
from emailketing.content.declared import words_told
from emailketing.content.kinds import local, typed
from emailketing.content.links import wrong_link
from emailketing.content.shape import complete
from emailketing.content.spelled import spelled
from emailketing.content.texts import clean
from emailketing.content.words import Words, word_of

FUEL = 2_000_000  # about 10 000 turns of a loop with some filters each; memory burns it too
MOST_OUTPUT = 2_000_000  # characters
LONGEST_VALUE = 20_000  # characters of one value: a note of 5 MB is cut, with a mark
LONGEST_LINE_TOLD = 80  # characters of a line that is wrong
WIDEST = 200
LONGEST_NUMBER = 64  # signs of a number that is never cut: electronic invoices have 44
SIGNATURE = "-- "  # what mail programs know a signature by
MOST_SHORT = 1_530  # characters: ten joined messages of a phone
MOST_PARAMETER = 1_024  # characters: what the services take
MOST_TEMPLATES = 300  # compiled texts kept per language
OURS = (
    frozenset({"card", "greets"})
    | frozenset({"money", "amount", "number", "quantity", "date", "longdate", "datetime", "plural"})
    | {"left", "right", "words", "means", "time", "plain", "local", "typed", "word", "short"}
)
BORROWED = (
    frozenset({"batch", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "first"})
    | {"items", "join", "last", "length", "lines", "list", "lower", "map", "reject"}
    | {"rejectattr", "replace", "reverse", "select", "selectattr", "slice", "sort", "split"}
    | {"string", "title", "trim", "unique", "upper", "urlencode"}
)
FILTERS = OURS | BORROWED
# what could leave the autoescaping or show what a template is not told (S7, S10)
FORBIDDEN_FILTERS = ("safe", "tojson", "pprint", "attr")
FORBIDDEN_FUNCTIONS = ("debug", "namespace", "dict")


# what a filter raises when it gets the wrong number or kind of values
FROM_FILTERS = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, RecursionError)


TOO_LONG = gettext_noop("The text is too long: more than two million characters.")


class _TooLong(Exception):
    """More was written than a message may hold; fuel does not count long values."""


class _NotPlain(Exception):
    """An object was given to a template."""


class RenderFailed(Exception):
    """A template cannot be written out with this data; the message says which and where."""

    def __init__(self, sentence: str, line: int = 1) -> None:
        super().__init__(sentence)
        self.line = line


class HasTexts(Protocol):
    """A revision, or a compiled text that is not saved yet."""

    subject: str
    html: str
    text: str
    format: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail; or a text for a phone, without HTML; or (approved) its name and its parameters."""

    subject: str
    html: str
    text: str
    cards: tuple[Card, ...] = ()

    @classmethod
    def read(cls, texts: Mapping[str, str], cards: Iterable[Mapping[str, str]]) -> "Rendered":
        """Return it from the plain values that another process sent."""
        shown = tuple(Card(**card) for card in cards)
        return cls(texts["subject"], texts["html"], texts["text"], shown)


def render(revision: HasTexts, data: Values, *, language: str) -> Rendered:
    """Write a revision out for one recipient.

    Args:
        revision: compiled subject, html and text with variables.
        data: document, company, recipient, event, before: plain values, dates and decimals.
        language: es, en or pt: how money, dates and numbers are written.

    Raises:
        RenderFailed: one sentence with the line and what is missing.
    """
    try:
        with translation.override(language):  # the mark of a text that was cut
            values = complete(plain(data), language)
    except _NotPlain as error:
        raise RenderFailed(_("Only plain values may be given to a template.")) from error
    if revision.format == "short":
        return Rendered(subject="", html="", text=_short(revision.text, values, language))
    if revision.format == "approved":
        return Rendered(revision.subject, "", _parameters(revision.text, values, language))
    page, cards = taken_cards(render_text(revision.html, values, language, name="mail.html"))
    if wrong := wrong_link(page):
        raise RenderFailed(wrong)
    return Rendered(
        subject=one_line(render_text(revision.subject, values, language)),
        html=page,
        text=tidy(render_text(revision.text, values, language)),
        cards=cards,
    )


def tidy(text: str) -> str:
    """Return a text part without blanks at the ends of rows, and never two empty rows.

    Nobody else breaks its rows: a firm blank would only cost (an SMS twice as much).
    """
    text = text.replace(formats.FIRM, " ")
    rows = (row if row == SIGNATURE else row.rstrip() for row in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip("\n")


def one_line(text: str) -> str:
    """Return a subject: one line whatever the data held (S1)."""
    return " ".join(text.split())


def _short(source: str, values: Values, language: str) -> str:
    """Write a text for a phone: no blanks at the ends of its rows, never two empty rows."""
    text = tidy(render_text(source, values, language).strip())
    if not text:
        raise RenderFailed(_("The text for the phone is empty."))
    if len(text) > MOST_SHORT:
        sentence = _("The text for the phone has %(count)s characters; at most %(most)s fit.")
        raise RenderFailed(sentence % {"count": len(text), "most": MOST_SHORT})
    return text


def _parameters(source: str, values: Values, language: str) -> str:
    """Write the parameters of an approved text, each into one row that is not empty (M5)."""
    written = []
    for number, row in enumerate(source.split("\n") if source else (), start=1):
        # the rows before keep the line that an error names the author's
        text = one_line(render_text("\n" * (number - 1) + row, values, language))
        where = {"number": number, "most": MOST_PARAMETER}
        if not text:
            sentence = _("Parameter %(number)s of the approved text is empty with these data.")
            raise RenderFailed(sentence % where, number)
        if len(text) > MOST_PARAMETER:
            sentence = _("Parameter %(number)s has more than %(most)s characters.")
            raise RenderFailed(sentence % where, number)
        written.append(text)
    return "\n".join(written)


def render_text(
    source: str, values: Mapping[str, Any], language: str, *, name: str = "mail.txt"
) -> str:
    """Write one template out; a name ending in .html escapes what it inserts (S10)."""
    company = values.get("company") or {}
    zone = str(company.get("time_zone") or "America/Asuncion")
    templates = _templates(language, zone, str(company.get("currency") or "PYG"))
    try:
        output = templates.render(source, name, values)
    except minijinja.TemplateError as error:
        raise RenderFailed(explain(error, source), error.line or 1) from error
    except TooMuch as error:
        raise RenderFailed(too_much(error), error.line) from error
    except _TooLong as error:
        raise RenderFailed(_(TOO_LONG)) from error
    except formats.NotAValue as error:
        sentence = _("“%(value)s” is not a number or a date.")
        raise RenderFailed(sentence % {"value": str(error)[:80]}) from error
    except FROM_FILTERS as error:
        sentence = _("A filter cannot work with what it is given: %(what)s.")
        raise RenderFailed(sentence % {"what": str(error)[:120]}) from error
    if len(output) > MOST_OUTPUT:
        raise RenderFailed(_(TOO_LONG))
    return output


def too_much(error: TooMuch) -> str:
    """Say where the template asks for more than may be asked."""
    return _("Line %(line)s: %(what)s") % {"line": error.line, "what": error}


def check_syntax(source: str) -> None:
    """Read a template without writing it out.

    Raises:
        RenderFailed: it is not written correctly; with the line.
    """
    try:
        check_bounds(source)
        minijinja.Environment().add_template("check", source)
    except TooMuch as error:
        raise RenderFailed(too_much(error), error.line) from error
    except minijinja.TemplateError as error:
        raise RenderFailed(explain(error, source), error.line or 1) from error


def explain(error: minijinja.TemplateError, source: str) -> str:
    """Turn the engine's error into a sentence with the line; the engine itself speaks English."""
    line, kind, told = error.line or 1, error.kind, error.detail or ""
    where: dict[str, object] = {"line": line, "what": _line_of(source, line)}
    if kind == "UndefinedError":
        named = re.search("`([^`]+)`", told)
        where["what"] = named[1] if named else where["what"]
        return _("Line %(line)s names a value that is not there: %(what)s.") % where
    if unknown := re.search(r"(\S+) is unknown", told):
        where["what"] = unknown[1]
        return _("Line %(line)s uses “%(what)s”, which a template does not know.") % where
    if kind == "OutOfFuel":
        return _("Line %(line)s: the template works too long; is there an endless loop?") % where
    if kind == "SyntaxError":
        return (
            _("Line %(line)s is not written correctly, or something stays open: “%(what)s”.")
            % where
        )
    return _("Line %(line)s cannot be written out: “%(what)s”.") % where


def _line_of(source: str, number: int) -> str:
    """Return the line as it is written, cut: what is wrong is seen there."""
    return "".join(source.splitlines()[number - 1 : number]).strip()[:LONGEST_LINE_TOLD]


def plain(value: Any) -> Any:
    """Return plain data only: no object ever reaches a template (S8)."""
    if isinstance(value, str):
        return clean(value, longest=LONGEST_VALUE)
    if value is None or isinstance(value, bool | int | float):
        return "" if value is None else value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [plain(member) for member in value]
    raise _NotPlain


@lru_cache(maxsize=MOST_TEMPLATES)
def _mark_of(source: str) -> str:
    return hashlib.blake2s(source.encode(), digest_size=12).hexdigest()


class _Templates:
    """The engine for one language, zone and currency, with the texts compiled so far."""

    def __init__(self, language: str, zone: str, currency: str) -> None:
        self.known = 0
        self.environment = minijinja.Environment(
            # `if document.note` may ask for what is not there; printing it is an error
            undefined_behavior=cast(Literal["strict"], "semi_strict"),
            auto_escape_callback=lambda name: "html" if name.endswith(".html") else None,
            trim_blocks=True,
            lstrip_blocks=True,
            pycompat=False,
        )
        self.environment.fuel = FUEL
        self.environment.finalizer = self._count
        self.written = threading.local()  # this engine is shared by threads
        for name in FORBIDDEN_FILTERS:
            self.environment.remove_filter(name)
        for name in FORBIDDEN_FUNCTIONS:
            self.environment.remove_global(name)
        for name, function in _filters(language, zone, currency, self._words).items():
            self.environment.add_filter(name, function)
        for name, test in TESTS.items():
            self.environment.add_test(name, test)

    def render(self, source: str, name: str, values: Values) -> str:
        self.written.signs = 0
        self.written.values, self.written.words = values, None
        key = f"{_mark_of(source)}/{name}"
        try:
            return self.environment.render_template(key, **values)
        except minijinja.TemplateError as error:
            if error.kind != "TemplateNotFound":
                raise
        check_bounds(source)
        if self.known >= MOST_TEMPLATES:
            self.environment.clear_templates()
            self.known = 0
        self.environment.add_template(key, source)
        self.known += 1
        return self.environment.render_template(key, **values)

    def _words(self) -> Words:
        """Return the words of the documents that are being told of; looked up once a text."""
        if self.written.words is None:
            self.written.words = words_told(self.written.values)
        words: Words = self.written.words
        return words

    def _count(self, value: Any) -> Any:
        """Stop when the values written so far are too much; the engine writes each itself."""
        if isinstance(value, str):
            self.written.signs += len(value)
            if self.written.signs > MOST_OUTPUT:
                raise _TooLong
        return NotImplemented


@lru_cache(maxsize=24)
def _templates(language: str, zone: str, currency: str) -> _Templates:
    return _Templates(language, zone, currency)


def _filters(
    language: str, zone: str, own: str, words: Callable[[], Words]
) -> dict[str, Callable[..., str]]:
    return {
        "money": lambda value, currency=None: formats.firm_money(value, currency or own, language),
        "amount": lambda value, currency=None: formats.amount(value, currency or own, language),
        "words": lambda value, currency=None: spelled(value, currency or own, language),
        "local": lambda value: local(value, language),
        "typed": lambda value, kind, currency=None: _firm(
            typed(value, kind, currency=currency or own, language=language, zone=zone), kind
        ),
        "means": lambda value: word_of(value, language, words()),
        "word": lambda value: word_of(value, language, words()),
        "card": card_address,
        "greets": greets,
        "number": lambda value, decimals=None: formats.number(value, language, decimals),
        "quantity": lambda value: formats.number(value, language),
        "date": lambda value: formats.day(value, language, zone),
        "longdate": lambda value: formats.long_day(value, language, zone),
        "datetime": lambda value: formats.moment(value, language, zone),
        "time": lambda value: formats.hour(value, language, zone),
        "short": lambda value, longest: formats.short_name(_given(value), longest),
        "plain": lambda value: formats.plain(_given(value)),
        "plural": lambda value, one, many: formats.plural(value, language, one, many),
        "left": _left,
        "right": lambda value, width: _padded(value, width).rjust(min(width, WIDEST)),
    }


def _firm(text: str, kind: str) -> str:
    return text.replace(" ", formats.FIRM) if kind == "money" else text


def _left(value: Any, width: int) -> str:
    first, line_end, _nothing = _padded(value, width, cut=True).partition("\n")
    blank = " " * min(width, WIDEST)
    return f"{first}\n{blank}" if line_end else first.ljust(len(blank))


def _given(value: Any) -> str:
    """A filter is handed None for what is not there: no reader is told “None”."""
    return "" if value is None else str(value)


def _padded(value: Any, width: int, *, cut: bool = False) -> str:
    """One line; words are cut before the column's end, amounts never."""
    text = " ".join(_given(value).split())
    most = max(min(width, WIDEST) - 1, 1)
    if not cut or len(text) <= most:
        return text
    longest = max(map(len, text.split()))
    if most < longest <= LONGEST_NUMBER and any(map(str.isdigit, text)):
        return f"{text}\n"  # a number of 44 digits is of no use without its end: a row of its own
    return f"{text[: most - 1]}…"
