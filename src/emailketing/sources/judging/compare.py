"""What is different in a document from how it was told last: rows for people to read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from emailketing.common.conditions import MONEY, NUMBERS, as_number, values_at
from emailketing.common.currencies import currency_code
from emailketing.common.document import Change
from emailketing.common.plain import Values
from emailketing.sources.connectors.model import Compared

Row = Values
NAMES_OF_ROWS = ("description", "name")
LONGEST = 200  # signs of a value


def differences(
    compared: Sequence[Compared], was: Row, now: Row, types: Mapping[str, str]
) -> list[Change]:
    """Return one row for each value that changed: label, item, kind, op, was, now.

    An amount told in another currency than the document has now says so (`currency_was`).

    Rows of a list are found again by the first of its compared values (the product's code), the
    second of two alike by its turn. `item` says which row it is, `op` whether it came or went.
    """
    found: list[Change] = []
    for name, members in groupby(compared, key=lambda one: one.list):
        if name:
            found += _of_list(list(members), _rows(was, name), _rows(now, name), types)
        else:
            found += _of_header(members, was, now, types)
    told_in = currency_code(was.get("currency"))
    if told_in and told_in != currency_code(now.get("currency")):
        for row in found:
            if row["kind"] == MONEY:
                row["currency_was"] = told_in
    return found


def _of_header(
    compared: Iterable[Compared], was: Row, now: Row, types: Mapping[str, str]
) -> Iterator[Change]:
    for one in compared:
        before, after = _value(was, one.path), _value(now, one.path)
        if not _same(before, after, types.get(one.path, "text")):
            yield _row(one, types, before, after)


def _of_list(
    compared: list[Compared], was: list[Row], now: list[Row], types: Mapping[str, str]
) -> Iterator[Change]:
    identity, *others = compared
    key = identity.path.partition(".")[2]
    before, after = _by_key(was, key), _by_key(now, key)
    for which in dict.fromkeys([*after, *before]):
        old, new = before.get(which), after.get(which)
        op = "added" if old is None else "removed" if new is None else "changed"
        item = _item(new or old or {}, key)
        rows = [
            _row(one, types, left, right, item=item, op=op)
            for one in others
            for left, right in [(_value(old or {}, _last(one)), _value(new or {}, _last(one)))]
            if not _same(left, right, types.get(one.path, "text"))
        ]
        if op != "changed":
            rows = [_telling(rows) or _row(identity, types, "", "", item=item, op=op)]
        yield from rows


def _telling(rows: list[Change]) -> Change | None:
    """Return what tells of a row that came or went as a whole: how much it is, once."""
    return next((row for row in rows if row["kind"] in NUMBERS), rows[0] if rows else None)


def _last(compared: Compared) -> str:
    return compared.path.partition(".")[2]


def _by_key(rows: list[Row], key: str) -> dict[tuple[str, int], Row]:
    found: dict[tuple[str, int], Row] = {}
    for row in rows:
        value, turn = str(row.get(key, "")), 0
        while (value, turn) in found:
            turn += 1
        found[value, turn] = row
    return found


def _item(row: Row, key: str) -> str:
    name = next((row[name] for name in NAMES_OF_ROWS if row.get(name)), row.get(key, ""))
    return str(name)[:LONGEST]


def _rows(document: Row, name: str) -> list[Row]:
    rows = document.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _value(place: Row, path: str) -> str:
    values = values_at(place, path)
    return str(values[0])[:LONGEST] if values and values[0] is not None else ""


def _same(one: str, other: str, kind: str) -> bool:
    if kind in NUMBERS:
        left, right = as_number(one), as_number(other)
        return left == right if left is not None and right is not None else one == other
    return one.split() == other.split()


def _row(
    compared: Compared,
    types: Mapping[str, str],
    was: str,
    now: str,
    *,
    item: str = "",
    op: str = "changed",
) -> Change:
    return {
        "label": dict(compared.label),
        "item": item,
        "kind": types.get(compared.path, "text"),
        "op": op,
        "was": was,
        "now": now,
    }
