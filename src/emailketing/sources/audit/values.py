"""Values as people write them, and as a sheet or a condition needs them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from emailketing.common.conditions import NUMBERS, as_number
from emailketing.content import formats
from emailketing.content.kinds import word_of
from emailketing.sources.capture.base import MASK
from emailketing.sources.connectors import in_language
from emailketing.sources.connectors.audit import Audit
from emailketing.sources.freeze import freeze

LONGEST = 500
MOMENTS = frozenset({"date", "datetime"})
CURRENCY = "$currency"  # in `CapturedChange.names`: the currency of the row's amounts
TRUE = frozenset({"1", "true", "t"})
FALSE = frozenset({"0", "false", "f"})


@dataclass(frozen=True, slots=True)
class Words:
    """How to write: the connector's words, language, the company's currency and time zone."""

    audit: Audit
    language: str
    currency: str
    zone: str

    def column(self, table: str, column: str) -> str:
        return in_language(self.audit.column(table, column).label, self.language)

    def table(self, table: str) -> str:
        return in_language(self.audit.table_label(table), self.language)

    def value(self, table: str, column: str, value: Any, names: Mapping[str, Any]) -> str:
        """Write one value; a secret never (S22), something odd as it is."""
        if value in (None, ""):
            return ""
        if self.audit.table(table).hides(column):
            return MASK
        if isinstance(value, Mapping):
            return _("(%(count)s bytes, not noted)") % {"count": value.get("cut", "?")}
        named = (names.get(column) or {}).get(str(freeze(value)))
        if named:
            return str(named)[:LONGEST]
        try:
            return self._written(table, column, value, str(names.get(CURRENCY) or self.currency))
        except formats.NotAValue:
            return str(freeze(value))[:LONGEST]

    def _written(self, table: str, column: str, value: Any, currency: str) -> str:
        described = self.audit.column(table, column)
        frozen = freeze(value, described.type or "text")
        if str(value) in described.choices:
            return in_language(described.choices[str(value)], self.language)
        if described.type == "boolean" or isinstance(value, bool):
            return _yes_or_no(value)
        if described.type == "money":
            return formats.money(frozen, currency, self.language)
        if described.type in NUMBERS:
            return formats.number(frozen, self.language)
        if described.type in MOMENTS:
            write = formats.day if described.type == "date" else formats.moment
            return write(frozen, self.language, self.zone)
        return word_of(str(frozen)[:LONGEST], self.language)

    def cell(self, table: str, column: str, value: Any, names: Mapping[str, Any]) -> Any:
        """Return what a sheet shows: a real number or date where it is one, else the text."""
        described = self.audit.column(table, column)
        is_plain = not (described.choices or self.audit.table(table).hides(column))
        if value in (None, "") or isinstance(value, Mapping) or not is_plain:
            return self.value(table, column, value, names)
        if described.type in NUMBERS:
            number = as_number(freeze(value))
            return number if number is not None else str(value)
        if described.type in MOMENTS:
            return _moment(value, described.type)
        return self.value(table, column, value, names)


def _yes_or_no(value: Any) -> str:
    written = str(value).strip().casefold()
    if written in TRUE or written in FALSE:
        return _("yes") if written in TRUE else _("no")
    return str(value)


def _moment(value: Any, kind: str) -> date | datetime | str:
    written = str(freeze(value, kind))
    try:
        return date.fromisoformat(written) if kind == "date" else datetime.fromisoformat(written)
    except ValueError:
        return written


def percent_of(audit: Audit, table: str, column: str, values: tuple[Any, Any]) -> Decimal | None:
    """Return by how many percent a number changed, None when it is none or was nothing."""
    if not _is_number(audit, table, column, values) or audit.table(table).hides(column):
        return None
    before, after = (as_number(freeze(value)) for value in values)
    if not before or after is None:
        return None
    return round(abs(after - before) / abs(before) * 100, 2)


def _is_number(audit: Audit, table: str, column: str, values: tuple[Any, Any]) -> bool:
    kind = audit.column(table, column).type
    if kind:
        return kind in NUMBERS
    plain = all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
    return plain and not column.casefold().endswith("id")
