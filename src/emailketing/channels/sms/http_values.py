"""Find a value in what a gateway sends: by a path in JSON, or by a pattern in the text."""

import re
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

MOST_SEARCHED = 8_000  # characters a pattern is tried on
MOST_ENDLESS = 3  # of + and * in one pattern: each multiplies the time
ESCAPED, CLASS = re.compile(r"\\."), re.compile(r"\[\^?\]?[^\]]*\]")
REPEATS = ("+", "*", "{")
ENDLESS = re.compile(r"[+*]|\{\d*,\d*\}")


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
        place = getattr(error, "pos", None)
        words = {"text": text[:60], "place": (place or 0) + 1}
        sentence = _("“%(text)s” is not a search pattern: look at its sign no. %(place)s.")
        raise PatternInvalid(sentence % words) from error


def check_pattern(text: str) -> None:
    """Read a pattern, and refuse one that could search for hours.

    Raises:
        PatternInvalid: with a sentence for the operator.
    """
    pattern(text)
    plain = CLASS.sub("x", ESCAPED.sub("x", text))
    if _repeats_what_repeats(plain) or len(ENDLESS.findall(plain)) > MOST_ENDLESS:
        sentence = _(
            "“%(text)s” could search for hours: no + or * behind brackets that hold one already, or"
            " alternatives, and at most %(most)s in all."
        )
        raise PatternInvalid(sentence % {"text": text[:60], "most": MOST_ENDLESS})


def _repeats_what_repeats(plain: str) -> bool:
    """Find (a+)+ and (a|b)*: one text is then read in more ways than anybody can count."""
    open_groups = [False]
    for place, sign in enumerate(plain):
        if sign == "(":
            open_groups.append(False)
        elif sign == ")" and len(open_groups) > 1:
            is_vague = open_groups.pop()
            is_repeated = plain[place + 1 : place + 2] in REPEATS
            if is_vague and is_repeated:
                return True
            open_groups[-1] |= is_vague or is_repeated
        elif sign == "|" or sign in REPEATS:
            open_groups[-1] = True
    return False


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
