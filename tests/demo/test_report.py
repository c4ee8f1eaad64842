"""The demo leaves with 0 only when all is there, and nothing more."""

from pathlib import Path
from typing import Any

import pytest
from tools.demo_report import Row, check, print_table

GOOD = Row("Orden", is_expected=True, subject="Orden OC-1", address="a@a.example", seconds=1.2)
SILENT = Row("Volvió a guardar", is_expected=False)


def act(kind: str) -> dict[str, Any]:
    return {"act": kind, "label": "Algo", "key": 7, "at": "2026-11-24T13:30:00+00:00"}


def test_all_that_must_come_came() -> None:
    assert print_table([GOOD, SILENT])


@pytest.mark.parametrize(
    "wrong",
    [
        Row("Orden", is_expected=True, problem="no llegó nada"),
        Row("Volvió a guardar", is_expected=False, problem="llegó un mensaje de más"),
    ],
)
def test_one_wrong_row_is_enough(wrong: Row) -> None:
    assert not print_table([GOOD, wrong])


def test_a_day_without_any_message_is_not_right() -> None:
    assert not print_table([SILENT])


@pytest.mark.django_db
def test_a_message_that_never_came_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    acts = [act("orden_compra"), act("orden_compra_regrabada"), act("cobro")]
    rows = check(acts, tmp_path / "none.sqlite3", seconds=0)
    assert [row.problem for row in rows] == ["no llegó nada", "", ""]
    assert not print_table(rows)
    assert "0 de 1 mensajes llegaron" in capsys.readouterr().out
