"""Values as people write them, and as a sheet or a condition needs them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from emailketing.common.conditions import NUMBERS, as_number
from emailketing.common.plain import JSON, Cell, Values
from emailketing.content import formats
from emailketing.content.words import said_in
from emailketing.sources.audit import apart, parts, spans
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
class ValueWords:
    """How to write: the connector's words, language, the company's currency and time zone."""

    audit: Audit
    language: str
    currency: str
    zone: str

    def column(self, table: str, column: str) -> str:
        return in_language(self.audit.column(table, column).label, self.language)

    def table(self, table: str) -> str:
        return in_language(self.audit.table_label(table), self.language)

    def value(self, table: str, column: str, value: JSON, names: Values) -> str:
        """Write one value; a secret never (S22), something odd as it is."""
        if value in (None, ""):
            return ""
        if self.audit.table(table).hides(column):
            return MASK
        return self._whole(table, column, value, names)[:LONGEST]

    def pair(
        self,
        table: str,
        column: str,
        values: tuple[JSON, JSON],
        names: Values,
        *,
        most: int = LONGEST,
    ) -> tuple[str, str]:
        """Write a value before and after: what differs never reads the same.

        Of values with parts only the parts that changed, of long ones where they begin to differ.
        """
        if self.audit.table(table).hides(column):
            return self.value(table, column, values[0], names), self.value(
                table, column, values[1], names
            )
        trees = [parts.tree_of(value) for value in values]
        if trees[0] is not None and trees[1] is not None:
            written = parts.compare(trees[0], trees[1])
        else:
            written = self._both(table, column, values, names)
        if apart.is_alike(*written) and MASK not in values and differs(*values):
            currency = str(names.get(CURRENCY) or self.currency)
            kind = self.audit.column(table, column).type
            exact = apart.Exactly(kind, self.language, self.zone, currency)
            written = exact.write(values, written)
        return apart.clipped(*written, most=most)

    def _both(
        self, table: str, column: str, values: tuple[JSON, JSON], names: Values
    ) -> tuple[str, str]:
        before, after = (
            "" if value in (None, "") else self._whole(table, column, value, names)
            for value in values
        )
        return before, after

    def _whole(self, table: str, column: str, value: JSON, names: Values) -> str:
        if parts.is_marker(value):
            return _("(%(count)s bytes, not noted)") % {"count": _bytes(value)}
        tree = parts.tree_of(value)
        if tree is not None:
            return parts.write(tree)
        known = names.get(column)
        if isinstance(known, Mapping) and (named := known.get(str(freeze(value)))):
            return str(named)
        try:
            return self._written(table, column, value, str(names.get(CURRENCY) or self.currency))
        except formats.NotAValue:
            return str(freeze(value))

    def _written(self, table: str, column: str, value: JSON, currency: str) -> str:
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
        return self._in_words(described.words, str(frozen))

    def _in_words(self, words: str, text: str) -> str:
        """Write a text; of a column whose words are declared, what they are called."""
        called = said_in(self.audit.words.get(words, {}), text)
        in_words = in_language(called, self.language)
        return in_words or spans.readable(text, self.language, self.zone) or text

    def cells(
        self, table: str, column: str, values: tuple[JSON, JSON], names: Values
    ) -> tuple[Cell, Cell]:
        """Return what a sheet shows: real numbers or dates where they are, else the texts."""
        texts = self.pair(table, column, values, names)
        described = self.audit.column(table, column)
        if described.choices or self.audit.table(table).hides(column):
            return texts
        before, after = (
            _cell(value, text, described.type) for value, text in zip(values, texts, strict=True)
        )
        is_alike = apart.as_a_sheet_shows(before) == apart.as_a_sheet_shows(after)
        return texts if is_alike and differs(*values) else (before, after)


def _bytes(marker: Mapping[str, JSON]) -> JSON:
    return marker["cut"] if "cut" in marker else len(str(marker.get("hex"))) // 2


def _cell(value: JSON, text: str, kind: str) -> Cell:
    if value in (None, "") or isinstance(value, Mapping | list):
        return text
    if kind in NUMBERS:
        number = as_number(freeze(value))
        return number if number is not None else str(value)
    return _moment(value, kind) if kind in MOMENTS else text


def differs(before: JSON, after: JSON) -> bool:
    """Say whether it is another value: 1.50 is 1.5, JSON with other blanks is the same JSON.

    Of two values not noted, for their size or as secrets, the database said that they differ.
    """
    if parts.is_marker(before) or parts.is_marker(after) or before == after == MASK:
        return True
    trees = (parts.tree_of(before), parts.tree_of(after))
    if trees[0] is not None and trees[1] is not None:
        return not parts.is_same(trees[0], trees[1])
    if freeze(before) == freeze(after):
        return False
    if any(isinstance(value, str | bool | None) for value in (before, after)):
        return True
    return as_number(freeze(before)) != as_number(freeze(after))


def _yes_or_no(value: JSON) -> str:
    written = str(value).strip().casefold()
    if written in TRUE or written in FALSE:
        return _("yes") if written in TRUE else _("no")
    return str(value)


def _moment(value: JSON, kind: str) -> date | datetime | str:
    written = str(freeze(value, kind))
    try:
        return date.fromisoformat(written) if kind == "date" else datetime.fromisoformat(written)
    except ValueError:
        return written


def percent_of(audit: Audit, table: str, column: str, values: tuple[JSON, JSON]) -> Decimal | None:
    """Return by how many percent a number changed, None when it is none or was nothing."""
    if not _is_number(audit, table, column, values) or audit.table(table).hides(column):
        return None
    before, after = (as_number(freeze(value)) for value in values)
    if not before or after is None:
        return None
    return round(abs(after - before) / abs(before) * 100, 2)


def _is_number(audit: Audit, table: str, column: str, values: tuple[JSON, JSON]) -> bool:
    kind = audit.column(table, column).type
    if kind:
        return kind in NUMBERS
    plain = all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
    return plain and not column.casefold().endswith("id")
