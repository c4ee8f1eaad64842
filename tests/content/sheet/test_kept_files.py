"""Files of kept rows are those of the rows read back, cell by cell: only faster (P5, P7)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from emailketing.common.plain import Cell
from emailketing.content.sheet.column import KINDS, Column, Threshold
from emailketing.content.sheet.csv import write_csv, write_kept_csv
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import KeptSheet, write_kept
from emailketing.content.sheet.xlsx import write_kept_xlsx, write_xlsx

COLUMNS = [Column(kind, kind, kind, total="sum" if kind == "money" else "") for kind in KINDS]
COLUMNS += [
    Column("toned", "T", "money", thresholds=(Threshold(Decimal(0), False, "bad"),)),
    Column("cents", "C", "money", currency="USD"),
    Column("more", "M", "quantity", decimals=3),
]
ODD: list[Cell] = [
    None, "", "=1+1", "+1", "-2", "＝1", "a;b", "x\ny", "word", "0", "-0.50", "1.000", 0, -7, 12,
    2**62, 10**15, -(10**15) + 1, Decimal("0.1"), Decimal("-12.3400"), Decimal(1) / 3, 0.25, 1e300,
    Decimal(123456789012345), Decimal(1234567890123456), Decimal("0.000000000000001"),
    Decimal("NaN"), float("inf"), True, False, date(2026, 2, 28), date(1900, 2, 28), date.max,
    date(1901, 1, 1), datetime(2026, 11, 24, 17, 5, 1, tzinfo=UTC),
    datetime(1899, 1, 1, tzinfo=UTC),
    "2026-11-24", "2026-11-24T10:00:00", "31/12/2026", "ñ" * 40_000,
]  # fmt: skip
ROWS = [
    tuple(ODD[(n + shift) % len(ODD)] for shift in range(len(COLUMNS))) for n in range(len(ODD))
]


@pytest.fixture(params=["es", "en"])
def frame(request: pytest.FixtureRequest) -> SheetFrame:
    return SheetFrame(title="Ventas", zone="America/Asuncion", language=request.param)


def cells_of(file: Any) -> list[list[tuple[Any, str]]]:
    sheet = load_workbook(file)["Ventas"]
    return [[(cell.value, cell.number_format) for cell in row] for row in sheet.iter_rows()]


def by_rows(kept: KeptSheet, frame: SheetFrame) -> str:
    return "".join(write_csv(kept.columns, kept.rows(), frame))


def test_a_workbook_of_kept_rows_has_the_same_cells(tmp_path: Path, frame: SheetFrame) -> None:
    kept = write_kept(tmp_path / "kept", COLUMNS, ROWS)
    with TemporaryFile() as one, TemporaryFile() as other:
        count = write_xlsx(one, kept.columns, kept.rows(), frame, totals=kept.totals())
        assert write_kept_xlsx(other, kept, frame) == count == len(ROWS)
        wanted, found = cells_of(one), cells_of(other)
    for row, pair in enumerate(zip(wanted, found, strict=True)):
        for place, (cell, same) in enumerate(zip(*pair, strict=True)):
            if isinstance(cell[0], str) and "…" in cell[0]:  # cut once, not twice
                assert same[0][:32_000] == cell[0][:32_000]
            else:
                assert same == cell, (row, place)


def test_a_csv_of_kept_rows_is_the_same(tmp_path: Path, frame: SheetFrame) -> None:
    rows = [row for row in ROWS if not any(isinstance(c, str) and len(c) > 99 for c in row)]
    kept = write_kept(tmp_path / "kept", COLUMNS, rows * 50)
    assert "".join(write_kept_csv(kept, frame)) == by_rows(kept, frame)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(*[st.sampled_from(ODD[:-1]) | st.text(max_size=5)] * 11), max_size=6))
def test_whatever_is_kept_a_csv_is_the_same(
    tmp_path: Path, frame: SheetFrame, rows: list[tuple[Cell, ...]]
) -> None:
    kept = write_kept(tmp_path / "kept", COLUMNS, rows)
    order = (("money", True), ("text", False))
    wanted = "".join(write_csv(kept.columns, kept.rows(order=order), frame))
    assert "".join(write_kept_csv(kept, frame, order)) == wanted


def test_what_programs_alone_see_stays_out(tmp_path: Path, frame: SheetFrame) -> None:
    columns = [
        Column("line", "L"),
        Column("_level", "_level", "number"),
        Column("sum", "S", "money"),
    ]
    kept = write_kept(tmp_path / "kept", columns, [("a", 0, 1), ("b", 2, Decimal("2.5"))])
    assert "".join(write_kept_csv(kept, frame)) == by_rows(kept, frame)
    with TemporaryFile() as one, TemporaryFile() as other:
        write_xlsx(one, kept.columns, kept.rows(), frame, totals=kept.totals())
        write_kept_xlsx(other, kept, frame)
        assert cells_of(one) == cells_of(other)
