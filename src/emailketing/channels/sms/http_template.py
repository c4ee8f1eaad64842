"""The request of a gateway that an administrator describes: plain values, escaped per format.

json: every text inside the JSON is a template, so no value can leave its quotes. form: one
`name = template` per line. xml: what is put in is escaped. text: as it is.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import minijinja
import phonenumbers
from django.utils.translation import gettext as _

FUEL = 50_000
NAMED = re.compile(r"\{\{\s*([^\W\d]\w*)")
TYPES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "xml": "text/xml; charset=utf-8",
    "text": "text/plain; charset=utf-8",
}
NAMES = ("to", "digits", "national", "text", "reference", "sender", "user", "password", "hook")


class RequestInvalid(Exception):
    """The description of the request cannot be used; the sentence says why."""


@lru_cache(maxsize=1)
def _environment() -> minijinja.Environment:
    found = minijinja.Environment(
        undefined_behavior="strict",
        auto_escape_callback=lambda name: "html" if name == "xml" else None,
    )
    found.fuel = FUEL
    for name in ("debug", "namespace", "dict"):
        found.remove_global(name)
    return found


def render(source: str, values: Mapping[str, str], *, name: str = "text") -> str:
    """Write one template out.

    Raises:
        RequestInvalid: a name that is not there, or a mistake in the writing.
    """
    try:
        return _environment().render_str(source, name, **values)
    except minijinja.TemplateError as error:
        raise RequestInvalid(_explained(error, source)) from error
    except (TypeError, ValueError, AttributeError) as error:
        raise RequestInvalid(_unwritable(source, 1)) from error


def _explained(error: minijinja.TemplateError, source: str) -> str:
    """The engine speaks English; say what an operator can look for."""
    if error.kind != "UndefinedError":
        return _unwritable(source, error.line or 1)
    wrong = next((name for name in NAMED.findall(source) if name not in NAMES), "?")
    sentence = _("There is no “%(name)s” in a request. There are: %(names)s.")
    return sentence % {"name": wrong, "names": ", ".join(NAMES)}


def _unwritable(source: str, line: int) -> str:
    row = "".join(source.splitlines()[line - 1 : line]).strip()
    return _("This cannot be written: “%(row)s”. Look at its brackets.") % {"row": row[:80]}


def pairs(text: str) -> dict[str, str]:
    """Read `name = value` (or `Name: value`) lines.

    Raises:
        RequestInvalid: a line without a name.
    """
    found = {}
    for number, row in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not row.strip():
            continue
        places = [row.find(sign) for sign in "=:" if sign in row]
        name = row[: min(places)].strip() if places else ""
        if not name or not name.isascii() or not name.isprintable() or " " in name:
            sentence = _("Line %(line)s: write “name = value”.")
            raise RequestInvalid(sentence % {"line": number})
        found[name] = row[min(places) + 1 :].strip()
    return found


def body(style: str, source: str, values: Mapping[str, str]) -> bytes:
    """Write the body (or the query of a GET) out.

    Raises:
        RequestInvalid: it cannot be written.
    """
    if style == "form":
        return urlencode(filled_pairs(source, values)).encode()
    if style == "json":
        try:
            parsed = json.loads(source)
        except (ValueError, RecursionError) as error:
            sentence = _("The body is not JSON: look at line %(line)s, sign %(place)s.")
            words = {"line": getattr(error, "lineno", 1), "place": getattr(error, "colno", 1)}
            raise RequestInvalid(sentence % words) from error
        filled = _in_texts(parsed, lambda text: render(text, values))
        return json.dumps(filled, ensure_ascii=False).encode()
    return render(source, values, name=style).encode()


def filled_pairs(source: str, values: Mapping[str, str]) -> dict[str, str]:
    return {name: render(value, values) for name, value in pairs(source).items()}


def _in_texts(value: Any, write: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return write(value)
    if isinstance(value, list):
        return [_in_texts(member, write) for member in value]
    if isinstance(value, dict):
        return {name: _in_texts(member, write) for name, member in value.items()}
    return value


def header_line(value: str) -> str:
    """A header is one line of printable signs, whatever the values held (S1)."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())


def national(number: str) -> str:
    """Write +595981123456 as it is dialled at home: 0981123456."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number.lstrip("+")
    shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return "".join(sign for sign in shown if sign.isdecimal())
