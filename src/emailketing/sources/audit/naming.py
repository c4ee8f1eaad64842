"""Give every change its words while the business database can still be asked."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection as ours
from django.db import transaction

from emailketing.sources.audit.names import Columns, Names
from emailketing.sources.audit.roots import Placed
from emailketing.sources.audit.values import CURRENCY
from emailketing.sources.freeze import freeze
from emailketing.sources.models import CapturedChange

LONGEST = 200


def name_rows(placed: Sequence[Placed], names: Names, *, actors: Mapping[int, str]) -> None:
    """Note with each change its record in words, the names behind its keys, and who did it."""
    for change, _table, _key in placed:
        names.know(change)
    _ask(placed, names)
    for change, table, key in placed:
        change.record = _record(change, table, key, names)
        change.names = _names(change, table, key, names)
        change.actor = change.actor or actors.get(change.pk, "")
    with transaction.atomic(), ours.cursor() as cursor:
        cursor.executemany(
            "UPDATE sources_capturedchange SET record = %s, names = %s, actor = %s WHERE id = %s",
            [(c.record, json.dumps(c.names), c.actor, c.pk) for c, _table, _key in placed],
        )


def _ask(placed: Sequence[Placed], names: Names) -> None:
    """Read at once what all of them need."""
    asked = [one for one in placed if _is_asked_for(one[0], names)]
    _ask_records(asked, names)
    _ask_behind_keys(asked, names)


def _ask_records(asked: Sequence[Placed], names: Names) -> None:
    rows: dict[str, list[str]] = {}
    for change, table, key in asked:
        if change.operation == "U":
            rows.setdefault(change.table, []).append(change.record_key)
        if table != change.table:
            rows.setdefault(table, []).append(key)
    for table, keys in rows.items():
        if columns := names.columns_of(table):
            names.fetch(table, names.key_of(table), keys, columns)


def _ask_behind_keys(asked: Sequence[Placed], names: Names) -> None:
    behind: dict[tuple[str, Columns, str], list[str]] = {}
    for change, _table, _key in asked:
        for column, value in _values(change):
            if lookup := names.audit.column(change.table, column).lookup:
                place = (lookup.table, names.key_behind(lookup), lookup.text)
                behind.setdefault(place, []).append(_led_to(change, column, value, names))
    for (table, key, text), values in behind.items():
        names.fetch(table, key, values, [text])


def _led_to(change: CapturedChange, column: str, value: str, names: Names) -> str:
    """Return the key of the record that this value stands for."""
    lookup = names.audit.column(change.table, column).lookup
    if lookup is None:
        return ""
    row = {**(change.old or {}), **(change.new or {}), **change.key, column: value}
    columns = lookup.columns or (column,)
    return names.text(lookup.table, names.key_behind(lookup), (row.get(name) for name in columns))


def _is_asked_for(change: CapturedChange, names: Names) -> bool:
    return change.operation != "I" or names.audit.table(change.table).inserts


def _record(change: CapturedChange, table: str, key: str, names: Names) -> str:
    own = names.row(change.table, names.key_of(change.table), change.record_key)
    text = names.record(change.table, own, change.record_key)
    if table == change.table or not _is_asked_for(change, names):
        return text[:LONGEST]
    above = names.record(table, names.row(table, names.key_of(table), key), key)
    return f"{above} › {text}"[:LONGEST]


def _names(change: CapturedChange, table: str, key: str, names: Names) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column, value in _values(change):
        lookup = names.audit.column(change.table, column).lookup
        if lookup is None:
            continue
        led_to = _led_to(change, column, value, names)
        if text := names.row(lookup.table, names.key_behind(lookup), led_to).get(lookup.text):
            found.setdefault(column, {})[value] = str(text)
    currency = names.audit.table(table).currency
    if currency:
        row = names.row(table, names.key_of(table), key)
        found[CURRENCY] = str(row.get(currency) or "")
    return found


def _values(change: CapturedChange) -> list[tuple[str, str]]:
    return [
        (column, str(freeze(value)))
        for row in (change.old, change.new)
        for column, value in (row or {}).items()
        if value not in (None, "") and not isinstance(value, dict)
    ]
