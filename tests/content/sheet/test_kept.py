"""One read is kept exactly, once; every form of a report comes from it (P5–P8)."""

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emailketing.common.plain import Cell
from emailketing.content.sheet.column import Column, ColumnError
from emailketing.content.sheet.kept import Flaws, KeptMissing, KeptSheet, open_kept, write_kept
from emailketing.content.sheet.totals import ColumnTotals

COLUMNS = [
    Column("branch", "Sucursal"),
    Column("sum", "Importe", "money", total="sum"),
    Column("mean", "Medio", "number", total="average"),
    Column("day", "Día", "date", total="min"),
    Column("at", "Cuándo", "datetime", total="max"),
    Column("paid", "Pagado", "boolean", total="count"),
]
AT = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
ROWS: list[list[Cell]] = [
    ["Central", Decimal("10.50"), 1, date(2026, 11, 2), AT, True],
    ["Ñemby", 7, None, date(2026, 11, 1), None, None],
    ["Central", Decimal("-0.10"), 2, None, datetime(2026, 12, 1, 7, 0, tzinfo=UTC), False],
]


@pytest.fixture
def kept(tmp_path: Path) -> KeptSheet:
    return write_kept(tmp_path / "run" / "1.sheet", COLUMNS, ROWS, indexed=("branch",))


def test_p7_what_was_read_is_what_stands_there(kept: KeptSheet) -> None:
    again = open_kept(kept.path)
    assert list(again.columns) == COLUMNS
    assert again.count == 3
    assert [list(row) for row in again.rows()] == ROWS
    types = [type(value) for value in next(again.rows())]
    assert types == [str, Decimal, int, date, datetime, bool]


def test_totals_are_exact_and_say_nothing_where_there_is_none(kept: KeptSheet) -> None:
    assert kept.totals() == (
        None,
        Decimal("17.40"),
        Decimal("1.5"),
        date(2026, 11, 1),
        datetime(2026, 12, 1, 7, 0, tzinfo=UTC),
        2,
    )


def test_p8_rows_of_one_and_their_totals(kept: KeptSheet) -> None:
    assert [row[1] for row in kept.rows(("branch", "Central"))] == [
        Decimal("10.50"),
        Decimal("-0.10"),
    ]
    own = write_kept(kept.path.with_name("own"), COLUMNS, kept.rows(("branch", "Central")))
    assert own.totals()[1] == Decimal("10.40")
    assert own.count == 2
    assert kept.values_of("branch") == [("Central", 2), ("Ñemby", 1)]
    assert list(kept.rows(("branch", "nobody"))) == []


def test_rows_are_sorted_as_people_do(kept: KeptSheet) -> None:
    ordered = [row[1] for row in kept.rows(order=[("sum", True)])]
    assert ordered == [Decimal("10.50"), 7, Decimal("-0.10")]
    names = [row[0] for row in kept.rows(order=[("branch", False)])]
    assert names == ["Central", "Central", "Ñemby"]
    assert [row[3] for row in kept.rows(order=[("day", False)])][-1] is None
    assert len(list(kept.rows(limit=2))) == 2


def test_p6_what_is_no_value_is_told_and_never_added_up(tmp_path: Path) -> None:
    columns = [Column("v", "", "money", total="sum"), Column("d", "", "date", total="max")]
    bad: list[list[Cell]] = [
        [Decimal("NaN"), "2026-02-30"],
        [float("inf"), "2026-02-28"],
        ["<b>x</b>", None],
        [" 12.5 ", datetime(2026, 3, 1, 8, 0, tzinfo=UTC)],
        [None, ""],
        [0.1, b"\xff"],
    ]
    kept = write_kept(tmp_path / "bad", columns, bad)
    assert kept.flaws == (Flaws("v", "kind", 3), Flaws("d", "kind", 2))
    assert kept.totals() == (Decimal("12.6"), date(2026, 3, 1))
    assert [row[0] for row in kept.rows()] == [
        "NaN", "inf", "<b>x</b>", Decimal("12.5"), None, Decimal("0.1"),
    ]  # fmt: skip
    assert [row[0] for row in kept.rows(order=[("v", True)], limit=2)] == [
        Decimal("12.5"),
        Decimal("0.1"),
    ]


def test_p6_a_cell_of_50_mb_is_cut_with_a_mark(tmp_path: Path) -> None:
    kept = write_kept(tmp_path / "long", [Column("t", "")], [["x" * 50_000_000], ["\ud800\x00"]])
    assert kept.flaws == (Flaws("t", "cut", 1),)
    first, second = (row[0] for row in kept.rows())
    assert str(first).startswith("xxx")
    assert len(str(first)) < 32_100
    assert str(first).endswith(")")
    assert second == "?"


def test_two_columns_of_one_name_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ColumnError):
        write_kept(tmp_path / "twice", [Column("a", ""), Column("a", "")], [])
    assert list(tmp_path.iterdir()) == []


def test_a_read_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def rows() -> Iterator[list[Cell]]:
        yield ["x"]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_kept(tmp_path / "half", [Column("a", "")], rows())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [None, b"", b"SQLite format 3\x00", b"x" * 4096])
def test_a_file_that_is_none_says_so(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "none"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(KeptMissing):
        open_kept(path)


LARGE = 10**30


@given(st.lists(st.decimals(-LARGE, LARGE, places=3) | st.integers(-LARGE, LARGE)))
def test_a_sum_is_exact_whatever_the_figures(values: list[Decimal | int]) -> None:
    columns = [Column("v", "", "number", total="sum")]
    (total,) = ColumnTotals(columns).add_all([[value] for value in values]).values()
    assert isinstance(total, int | Decimal)
    assert Fraction(total) == sum(map(Fraction, values))


def test_p5_memory_stays_flat(tmp_path: Path) -> None:
    columns = [Column("a", ""), Column("b", "", "money", total="sum")]

    def peak(count: int) -> int:
        rows: Iterator[list[Cell]] = (
            ["name" * 20, Decimal(number * 7).scaleb(-2)] for number in range(count)
        )
        tracemalloc.start()
        kept = write_kept(tmp_path / str(count), columns, rows)
        assert sum(1 for _row in kept.rows()) == count
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    small = peak(2_000)
    assert peak(20_000) < small + 200_000
