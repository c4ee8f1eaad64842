"""A chart is drawn without a service, and has a text that says the same (issue 11, point 8)."""

import io
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image

from emailketing.common.plain import Cell
from emailketing.content.sheet.chart import ChartFailed, draw_chart
from emailketing.content.sheet.chart_points import SheetChart
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import KeptSheet, write_kept

FRAME = SheetFrame(title="Ventas", language="es")


@pytest.fixture
def kept(tmp_path: Path) -> KeptSheet:
    columns = [
        Column("branch", "Sucursal"),
        Column("sum", "Ventas", "money"),
        Column("day", "Día", "date"),
    ]
    names = ["Casa Central", "Ñemby", "=1+1 #panic()", "漢字", *map(str, range(8))]
    rows: list[list[Cell]] = [
        [name, Decimal(84_300_000 - 9_000_000 * place), date(2026, 11, 1) + timedelta(place)]
        for place, name in enumerate(names)
    ]
    return write_kept(tmp_path / "kept", columns, [*rows, ["nothing", None, None]])


@pytest.mark.parametrize(("kind", "label"), [("bars", "branch"), ("line", "day")])
def test_a_picture_is_sharp_and_says_its_figures(kept: KeptSheet, kind: str, label: str) -> None:
    chart = SheetChart(kind="bars" if kind == "bars" else "line", label=label, values=("sum",))
    drawn = draw_chart(kept, chart, FRAME)
    assert drawn is not None
    picture = Image.open(io.BytesIO(drawn.content))
    assert picture.size == (2 * drawn.width, 2 * drawn.height)
    assert len(drawn.content) < 90_000
    assert "84,3 M" in drawn.alt
    assert drawn.alt.startswith(("Barras: Ventas. Casa Central", "Línea: Ventas. 01/11/2026"))


def test_what_is_beyond_the_largest_is_the_others(kept: KeptSheet) -> None:
    chart = SheetChart(kind="share", label="branch", values=("sum",))
    drawn = draw_chart(kept, chart, FRAME, form="svg")
    assert drawn is not None
    assert drawn.content.startswith(b"<svg")
    assert "otros" in drawn.alt or "1 más" in drawn.alt


def test_nothing_to_draw_is_no_chart(kept: KeptSheet) -> None:
    chart = SheetChart(kind="bars", label="branch", values=("sum",))
    empty = write_kept(kept.path, kept.columns, [["nothing", None, None]])
    assert draw_chart(empty, chart, FRAME) is None


def test_a_line_of_more_days_than_it_holds_ends_with_the_last(kept: KeptSheet) -> None:
    days = [date(2025, 1, 1) + timedelta(number) for number in range(500)]
    long = write_kept(
        kept.path, kept.columns, [["x", place, day] for place, day in enumerate(days)]
    )
    drawn = draw_chart(long, SheetChart(kind="line", label="day", values=("sum",)), FRAME)
    assert drawn is not None
    assert drawn.alt.startswith(f"Línea: Ventas. {days[100]:%d/%m/%Y}: 100;")


def test_a_column_that_is_gone_is_said(kept: KeptSheet) -> None:
    with pytest.raises(ChartFailed, match="gone"):
        draw_chart(kept, SheetChart(kind="bars", label="gone", values=("sum",)), FRAME)


def of_branches(path: Path, *rows: list[Cell], level: bool = False) -> KeptSheet:
    columns = [
        Column("branch", "Sucursal"),
        Column("sum", "Diferencia", "money", total="sum"),
        Column("day", "Día", "date"),
        *([Column("_level", "", "number")] if level else []),
    ]
    return write_kept(path, columns, rows)


def alt_of(kept: KeptSheet, kind: Literal["bars", "line", "share"], label: str) -> str:
    drawn = draw_chart(kept, SheetChart(kind=kind, label=label, values=("sum",)), FRAME)
    assert drawn is not None
    return drawn.alt


def test_rows_of_one_label_are_added_up_and_the_farthest_from_nothing_come_first(
    tmp_path: Path,
) -> None:
    day = date(2026, 11, 3)
    rows: list[list[Cell]] = [["Luque", 100, day], ["Ñemby", -300, day], ["Luque", 150, day]]
    kept = of_branches(tmp_path / "kept", *rows, ["x", "rubbish", day])
    assert alt_of(kept, "bars", "branch") == "Barras: Diferencia. Ñemby: -300; Luque: 250."


def test_bars_of_days_stand_in_their_order(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["x", 10 * day, date(2026, 11, day)] for day in (9, 2, 5)]
    kept = of_branches(tmp_path / "kept", *rows)
    told = "02/11/2026: 20; 05/11/2026: 50; 09/11/2026: 90"
    assert alt_of(kept, "bars", "day") == f"Barras: Diferencia. {told}."


def test_of_a_statement_the_sums_are_drawn_in_its_order(tmp_path: Path) -> None:
    day = date(2026, 11, 3)
    rows: list[list[Cell]] = [
        ["Ingresos", 10, day, 0],
        ["Combustible", 9, day, 1],
        ["Resultado", -40, day, 0],
    ]
    kept = of_branches(tmp_path / "kept", *rows, level=True)
    assert alt_of(kept, "bars", "branch") == "Barras: Diferencia. Ingresos: 10; Resultado: -40."
