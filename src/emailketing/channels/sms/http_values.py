"""Find a value in what a gateway sends: by a path in JSON, or by a pattern in the text."""

import re
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

MOST_SEARCHED = 8_000  # characters a pattern is tried on


class PatternInvalid(Exception):
    """Not a regular expression."""


@lru_cache(maxsize=200)
def pattern(text: str) -> re.Pattern[str]:
    """Read a pattern.

    Raises:
        PatternInvalid: with a sentence for the operator.
    """
    try:
        return re.compile(text, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        sentence = _("“%(text)s” is not a search pattern: %(why)s.")
        raise PatternInvalid(sentence % {"text": text[:60], "why": error}) from error


def search(source: str, text: str) -> str:
    """Return what the pattern found: its first group, else all of it; empty: nothing."""
    found = pattern(source).search(text[:MOST_SEARCHED])
    if found is None:
        return ""
    return next((group for group in found.groups() if group is not None), found.group())


def at_path(value: Any, path: str) -> str | None:
    """Return the value at `messages.0.id` as text; None: there is none."""
    for part in path.split("."):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    if value is None or isinstance(value, dict | list):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def words_of(text: str) -> frozenset[str]:
    """Read `DELIVRD, delivered` into words that are compared without regard to case."""
    return frozenset(word.strip().lower() for word in re.split(r"[,;\n]", text) if word.strip())
