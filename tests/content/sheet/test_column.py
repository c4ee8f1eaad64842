"""A column says what it is once, and what cannot be is refused in one sentence (P6, P10)."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from emailketing.content.sheet.column import (
    KINDS,
    MOST_COLUMNS,
    Column,
    ColumnError,
    Threshold,
    check_columns,
    from_plain,
    to_plain,
)
from emailketing.sources.connectors.model import FIELD_TYPES


def test_a_connectors_types_are_kinds_of_columns() -> None:
    assert set(KINDS) == {*FIELD_TYPES, "percent"}


def test_the_heading_is_in_the_readers_language_or_the_name() -> None:
    column = Column("total", {"es": "Importe", "pt": "Valor"}, "money")
    assert (column.heading("pt"), column.heading("en")) == ("Valor", "Importe")
    assert Column("total", "").heading("es") == "total"


def test_p10_the_first_threshold_that_applies_gives_the_tone() -> None:
    bad, warning = (
        Threshold(Decimal(0), is_above=False, tone="bad"),
        Threshold(Decimal(10), is_above=False, tone="warning"),
    )
    column = Column("stock", "Stock", "quantity", thresholds=(bad, warning))
    tones = [column.tone_of(Decimal(value)) for value in ("-1", "0", "9.99", "10")]
    assert tones == ["bad", "warning", "warning", None]
    assert column.tone_of(None) is None


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"name": ""}, "nombre"),
        ({"name": "x" * 201}, "nombre"),
        ({"kind": "colour"}, "colour"),
        ({"kind": "text", "total": "sum"}, "sumar"),
        ({"kind": "text", "total": "max"}, "fechas"),
        ({"kind": "money", "total": "median"}, "median"),
        ({"kind": "money", "decimals": 13}, "decimales"),
        ({"kind": "money", "currency": "Gs."}, "PYG"),
        ({"width": -1}, "ancho"),
        ({"thresholds": (Threshold(Decimal(1), is_above=True, tone="bad"),)}, "límites"),
    ],
)
def test_what_cannot_be_is_one_sentence(given: dict[str, Any], part: str) -> None:
    with override("es"), pytest.raises(ColumnError, match=part):
        Column(**{"name": "x", "label": "X", **given})


@pytest.mark.parametrize("limit", ["NaN", "Infinity"])
def test_a_threshold_is_a_number(limit: str) -> None:
    with pytest.raises(ColumnError):
        Threshold(Decimal(limit), is_above=True, tone="bad")


def test_one_table_has_each_name_once_and_not_too_many() -> None:
    columns = [Column(f"c{number}", "") for number in range(MOST_COLUMNS)]
    check_columns(columns)
    with pytest.raises(ColumnError, match="“c0”"):
        check_columns([columns[0], columns[0]])
    with pytest.raises(ColumnError, match="2000"):
        check_columns([Column(f"c{number}", "") for number in range(2000)])
    with pytest.raises(ColumnError):
        check_columns([])


def test_a_column_is_the_same_after_json() -> None:
    column = Column(
        "margin",
        {"es": "Margen"},
        "percent",
        width=9,
        total="average",
        decimals=1,
        thresholds=(Threshold(Decimal("7.50"), is_above=True, tone="good"),),
    )
    assert from_plain(json.loads(json.dumps(to_plain(column)))) == column
