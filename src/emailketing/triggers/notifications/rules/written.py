"""The values of a condition as somebody wrote them: read into numbers and amounts of a currency."""

import re
from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from emailketing.common.conditions import (
    MEMBERSHIP,
    MONEY,
    NUMBERS,
    WITHOUT_VALUE,
    Condition,
    asks_amount,
)
from emailketing.common.currencies import currency_code
from emailketing.common.plain import JSON
from emailketing.sources.field_info import FieldInfo
from emailketing.triggers.notifications.rules.numerals import (
    NotUnderstood,
    Numeral,
    read_amount,
    read_number,
)

Leaf = Condition
Fields = Mapping[str, FieldInfo]
BETWEEN = re.compile(r";|,\s+")  # a comma alone may stand inside a number


def read_tree(tree: Condition, fields: Fields, *, own: str, language: str) -> Leaf:
    """Read every number of a condition; `own`: the currency of amounts that name none.

    `language`: whose separators decide where one could be both, "" for nobody's.

    Raises:
        NotUnderstood: one sentence, about the first that has no reading or several.
    """

    def read(leaf: Leaf) -> Leaf:
        info = fields.get(str(leaf.get("field")))
        return read_leaf(leaf, info, own=own, language=language) if info else leaf

    return _each(tree, read)


def with_currencies(tree: Condition, fields: Fields, *, own: str) -> Leaf:
    """Write down the currency of every amount, as it was understood when the rule was saved.

    Nothing is nothing in every currency: it has none.
    """

    def stamp(leaf: Leaf) -> Leaf:
        info = fields.get(str(leaf.get("field")))
        named = currency_code(leaf.pop("currency", ""))
        if info is not None and asks_amount(leaf, info.type):
            leaf["currency"] = named or own
        return leaf

    return _each(tree, stamp)


def _each(tree: Condition, change: Callable[[Leaf], Leaf]) -> Leaf:
    if isinstance(tree.get("all"), list):
        return {"all": [_each(member, change) for member in tree["all"]]}
    if isinstance(tree.get("any"), list):
        return {"any": [_each(member, change) for member in tree["any"]]}
    return change(tree.copy()) if tree else {}


def read_leaf(leaf: Leaf, info: FieldInfo, *, own: str, language: str) -> Leaf:
    """Read the value of one line.

    Raises:
        NotUnderstood: one sentence.
    """
    operator = str(leaf.get("op"))
    if info.type not in NUMBERS or operator in WITHOUT_VALUE or "value" not in leaf:
        return leaf
    value, currency = leaf["value"], currency_code(leaf.pop("currency", ""))
    written = _several(value) if operator in MEMBERSHIP else [value]
    found = [_read(one, info, currency or own, language) for one in written]
    # a number of a file or of JSON is one already, and stays as it stands there
    pairs = zip(written, found, strict=True)
    numbers = [numeral.number if isinstance(one, str) else one for one, numeral in pairs]
    leaf["value"] = numbers if operator in MEMBERSHIP else numbers[0]
    if info.type == MONEY:
        named = {one.currency for one in found if one.currency} | ({currency} - {""})
        if len(named) > 1:
            sentence = _("“%(value)s” names another currency than %(one)s. Choose one of the two.")
            raise NotUnderstood(sentence % {"value": value, "one": currency or min(named)})
        if asks_amount(leaf, info.type):
            leaf["currency"] = named.pop() if named else own
    return leaf


def _read(value: JSON, info: FieldInfo, currency: str, language: str) -> Numeral:
    text = str(value).strip()
    if info.type == MONEY:
        return read_amount(text, language, label=info.label, currency=currency)
    return read_number(text, language, label=info.label)


def _several(value: JSON) -> list[JSON]:
    if isinstance(value, list):
        return value
    text = str(value)
    parts = [part for part in BETWEEN.split(text) if part.strip()]
    if "," in text and len(parts) == 1:
        sentence = _("Put a semicolon between several numbers: %(example)s.")
        raise NotUnderstood(sentence % {"example": "1.000; 2.500"})
    return parts
