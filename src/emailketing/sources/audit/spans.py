"""Ranges and intervals of PostgreSQL, which come as text, in the reader's words."""

import re
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emailketing.content import formats

BOUND = r'(?:"([^"]*)"|([^,"\[\](){}]*))'
RANGE = re.compile(rf"([\[(]){BOUND},{BOUND}([\])])")
MANY = re.compile(rf"\{{{RANGE.pattern}(?:,{RANGE.pattern})*\}}")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d(:?\d\d)?)?")
PART = r"-?\d+ (?:years?|mons?|days?)"
INTERVAL = re.compile(rf"(?:{PART})(?: {PART})*(?: (-?\d\d+:\d\d(?::\d\d(?:\.\d+)?)?))?")


def readable(text: str, language: str, zone: str) -> str:
    """Return a range or an interval in words; "" when it is neither."""
    if INTERVAL.fullmatch(text):
        return _interval(text)
    if MANY.fullmatch(text):
        written = [_range(found, language, zone) for found in RANGE.finditer(text)]
        return "; ".join(written) if all(written) else ""
    found = RANGE.fullmatch(text)
    return _range(found, language, zone) if found else ""


def _range(found: "re.Match[str]", language: str, zone: str) -> str:
    opens, *bounds, closes = found.groups()
    low, high = bounds[0] or bounds[1] or "", bounds[2] or bounds[3] or ""
    kinds = [p for p in (NUMBER, DAY, MOMENT) if all(p.fullmatch(b) for b in (low, high) if b)]
    # "(1,2)" may be a point, "[1,2]" a list
    is_point = opens + closes in {"()", "[]"} and kinds[:1] == [NUMBER]
    if not kinds or not (low or high) or is_point:
        return ""  # a list, a point or a text that only looks like it
    if high and kinds[0] is DAY and closes == ")":
        high, closes = (date.fromisoformat(high) - timedelta(days=1)).isoformat(), "]"
    shown = [_bound(bound, language, zone) for bound in (low, high)]
    return _words(shown, opens=opens, closes=closes)


def _words(shown: list[str], *, opens: str, closes: str) -> str:
    low, high = shown
    first = _("from %(low)s") if opens == "[" else _("after %(low)s")
    last = _("up to %(high)s") if closes == "]" else _("before %(high)s")
    said = [first % {"low": low}] * bool(low) + [last % {"high": high}] * bool(high)
    return ", ".join(said)


def _bound(bound: str, language: str, zone: str) -> str:
    if DAY.fullmatch(bound):
        return formats.day(bound, language, zone)
    if MOMENT.fullmatch(bound):
        whole = bound if not re.search(r"[+-]\d\d$", bound) else f"{bound}:00"
        return formats.moment(whole, language, zone)
    return bound


def _interval(text: str) -> str:
    words = text.split()
    said = []
    for number, unit in zip(words[::2], words[1::2], strict=False):
        count = int(number)
        said.append(_unit(unit.rstrip("s"), count))
    if len(words) % 2:
        said.append(words[-1])
    return " ".join(said)


def _unit(unit: str, count: int) -> str:
    if unit == "year":
        written = ngettext("%(count)s year", "%(count)s years", abs(count))
    elif unit == "mon":
        written = ngettext("%(count)s month", "%(count)s months", abs(count))
    else:
        written = ngettext("%(count)s day", "%(count)s days", abs(count))
    return written % {"count": count}
