"""Why a comparison holds or not, in words: “Total: Gs. 90.000 < Gs. 100.000”."""

from dataclasses import dataclass

from emailketing.common.conditions import NUMBERS, compare, is_empty
from emailketing.common.language import active_language
from emailketing.common.plain import JSON
from emailketing.common.said import Said, Stored, again, join, pattern
from emailketing.common.said import say as _
from emailketing.company.models import Company
from emailketing.content.formats import NotAValue, day, moment, money, number
from emailketing.sources.field_info import FieldInfo

LONGEST_SHOWN = 60  # characters of a value in a reason
LONGEST_KEPT = 200  # of it beside the reason, to write it again
# how the reason is written when it holds, and when it does not
SIGNS = {
    "eq": ("=", "≠"),
    "ne": ("≠", "="),
    "gt": (">", "≤"),
    "gte": ("≥", "<"),
    "lt": ("<", "≥"),
    "lte": ("≤", ">"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Writes the reason for one field."""

    info: FieldInfo
    currency: str
    is_before: bool = False

    def write(self, operator: str, value: JSON, wanted: JSON, *, holds: bool) -> str:
        label = _("%(field)s before") % {"field": self.info.label} if self.is_before else None
        words = {"field": label or self.info.label, "value": self.shown(value)}
        if operator in {"empty", "filled"}:
            is_blank = (operator == "empty") is holds
            return (
                _("%(field)s is empty") % words
                if is_blank
                else _("%(field)s is filled in: %(value)s") % words
            )
        if operator in {"in", "not_in"}:
            return self._among((operator == "in") is holds, words, wanted)
        words["wanted"] = self.shown(wanted)
        if operator == "contains":
            text = (
                _("%(field)s: “%(value)s” contains “%(wanted)s”")
                if holds
                else _("%(field)s: “%(value)s” does not contain “%(wanted)s”")
            )
            return text % words
        sign = SIGNS[operator][0 if holds else 1]
        return pattern("%(field)s: %(value)s %(sign)s %(wanted)s") % (words | {"sign": sign})

    def _among(self, is_among: bool, words: dict[str, str], wanted: JSON) -> str:
        members = wanted if isinstance(wanted, list) else str(wanted or "").split(",")
        if kind := self.info.set_of(members):
            text = _("“%(value)s” is %(kind)s") if is_among else _("“%(value)s” is not %(kind)s")
            return text % (words | {"kind": kind})
        words["wanted"] = join(", ", [self.shown(member) for member in members])
        text = (
            _("%(field)s: “%(value)s” is one of %(wanted)s")
            if is_among
            else _("%(field)s: “%(value)s” is none of %(wanted)s")
        )
        return text % words

    def crossed(self, operator: str, was: JSON, now: JSON, wanted: JSON) -> str:
        """Write what it became, and what it was."""
        words = {
            "field": self.info.label,
            "was": self.shown(was),
            "value": self.shown(now),
            "wanted": self.shown(wanted),
        }
        text = {
            "becomes": _("%(field)s became %(value)s (before: %(was)s)"),
            "crosses_above": _("%(field)s rose from %(was)s to %(value)s, above %(wanted)s"),
            "crosses_below": _("%(field)s fell from %(was)s to %(value)s, below %(wanted)s"),
        }[operator]
        return text % words

    def shown(self, value: JSON) -> str:
        """Write the value by the field's type in the active language."""
        if is_empty(value):
            return "—"
        if str(value) in self.info.choices:
            return self.info.choices[str(value)]
        kept = {"x": str(value)[:LONGEST_KEPT], "k": self.info.type, "c": self.currency}
        return Said(_written(value, self.info.type, self.currency), kept)


def say_again(stored: Stored) -> str:
    """Say a stored reason in the active language."""
    return again(stored, lambda value: _written(value["x"], str(value["k"]), str(value["c"])))


def _written(value: JSON, kind: str, currency: str) -> str:
    try:
        text = _formatted(value, kind, currency)
    except NotAValue:
        text = str(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def _formatted(value: JSON, kind: str, currency: str) -> str:
    language = active_language()
    if kind == "money" and currency:
        return money(value, currency, language)
    if kind in NUMBERS:
        return number(value, language)
    if kind == "date":
        return day(value, language)
    if kind == "datetime":
        return moment(value, language, Company.get().time_zone)
    if kind == "boolean":
        return _("yes") if compare(value, "eq", "true", kind) else _("no")
    return " ".join(str(value).split())
