"""A pure function: revision + frozen data → subject, HTML, text (minijinja; S7–S10).

Templates get plain data only, undefined names are errors, fuel and output are limited.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol

import minijinja
from django.utils.translation import gettext as _

from emailketing.content import formats

FUEL = 2_000_000  # about 10 000 turns of a loop with some filters each
MOST_OUTPUT = 2_000_000  # characters
WIDEST = 200


class RenderFailed(Exception):
    """A template cannot be written out with this data; the message says which and where."""


class HasTexts(Protocol):
    """A revision, or a compiled text that is not saved yet."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    html: str
    text: str


def render(revision: HasTexts, data: Mapping[str, Any], *, language: str) -> Rendered:
    """Write a revision out for one recipient.

    Args:
        revision: compiled subject, html and text with variables.
        data: document, company, recipient, event, before: plain values, dates and decimals.
        language: es, en or pt: how money, dates and numbers are written.

    Raises:
        RenderFailed: one sentence with the line and what is missing.
    """
    values = plain(data)
    return Rendered(
        subject=" ".join(render_text(revision.subject, values, language).split()),
        html=render_text(revision.html, values, language, name="mail.html"),
        text=render_text(revision.text, values, language),
    )


def render_text(
    source: str, values: Mapping[str, Any], language: str, *, name: str = "mail.txt"
) -> str:
    """Write one template out; a name ending in .html escapes what it inserts (S10)."""
    zone = str((values.get("company") or {}).get("time_zone") or "America/Asuncion")
    environment = _environment(language, zone)
    try:
        output = environment.render_str(source, name, **values)
    except minijinja.TemplateError as error:
        raise RenderFailed(explain(error)) from error
    except formats.NotAValue as error:
        raise RenderFailed(
            _("“%(value)s” is not a number or a date.") % {"value": error}
        ) from error
    if len(output) > MOST_OUTPUT:
        raise RenderFailed(_("The text is too long: more than two million characters."))
    return output


def explain(error: minijinja.TemplateError) -> str:
    """Turn the engine's error into a sentence with the line."""
    where = {"line": error.line or 1, "what": error.message or ""}
    kind = error.kind
    if kind == "UndefinedError":
        return _("Line %(line)s names a value that is not there.") % where
    if kind == "OutOfFuel":
        return _("Line %(line)s: the template works too long; is there an endless loop?") % where
    if kind == "SyntaxError":
        return _("Line %(line)s is not written correctly: %(what)s.") % where
    return _("Line %(line)s cannot be written out: %(what)s.") % where


def plain(value: Any) -> Any:
    """Return plain data only: no object ever reaches a template (S8)."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [plain(member) for member in value]
    raise RenderFailed(_("Only plain values may be given to a template."))


@lru_cache(maxsize=24)
def _environment(language: str, zone: str) -> minijinja.Environment:
    environment = minijinja.Environment(
        undefined_behavior="strict",
        auto_escape_callback=lambda name: "html" if name.endswith(".html") else None,
        finalizer=lambda value: "" if value is None else NotImplemented,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.fuel = FUEL
    for name, function in _filters(language, zone).items():
        environment.add_filter(name, function)
    return environment


def _filters(language: str, zone: str) -> dict[str, Callable[..., str]]:
    return {
        "money": lambda value, currency="PYG": formats.money(value, currency, language),
        "amount": lambda value, currency="PYG": formats.amount(value, currency, language),
        "number": lambda value, decimals=None: formats.number(value, language, decimals),
        "quantity": lambda value: formats.number(value, language),
        "date": lambda value: formats.day(value, language, zone),
        "longdate": lambda value: formats.long_day(value, language, zone),
        "datetime": lambda value: formats.moment(value, language, zone),
        "plural": lambda value, one, many: formats.plural(value, language, one, many),
        "left": lambda value, width: _pad(value, width).ljust(min(width, WIDEST)),
        "right": lambda value, width: _pad(value, width).rjust(min(width, WIDEST)),
    }


def _pad(value: Any, width: int) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= width else f"{text[: max(min(width, WIDEST) - 1, 0)]}…"
