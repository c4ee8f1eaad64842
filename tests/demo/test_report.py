"""The demo leaves with 0 only when each of the nine processes told whom it must, nobody else."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tools.demo_expect import NINE, PROCESSES
from tools.demo_report import Row, check, print_table

GOOD = Row(
    "Orden",
    is_expected=True,
    process="Orden de compra",
    channel="email",
    text="Orden OC-1",
    address="a@a.example",
    seconds=1.25,
)
ALL = [replace(GOOD, process=process, act=process) for process in NINE]
SMS = replace(GOOD, channel="sms", address="+595981123456", text="Caja 2: 12.450.000")
SILENT = Row("Volvió a guardar", is_expected=False)


def act(kind: str) -> dict[str, Any]:
    return {"act": kind, "label": "Algo", "key": 7, "at": "2026-11-24T13:30:00+00:00"}


def test_the_nine_are_named_as_the_company_names_them() -> None:
    assert NINE == (
        "Orden de compra",
        "Presupuesto",
        "Orden de pago",
        "Cobro",
        "Cierre de caja",
        "Cierre de ventas",
        "Venta a vehículo",
        "Modificación",
        "Eliminación",
    )
    assert "orden_compra_regrabada" not in PROCESSES


def test_all_that_must_come_came(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_table([*ALL, SMS, SILENT])
    said = capsys.readouterr().out
    assert "10 de 10 mensajes llegaron, una sola vez: 9 correos y 1 SMS" in said
    assert "1,25" in said  # as numbers are written here
    assert "9 de 9 procesos avisaron." in said


@pytest.mark.parametrize(
    "wrong",
    [
        replace(GOOD, problem="no llegó"),
        replace(SILENT, problem="llegó un mensaje de más"),
    ],
)
def test_one_wrong_row_is_enough(wrong: Row) -> None:
    assert not print_table([*ALL, wrong])


def test_a_process_without_any_message_is_not_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert not print_table([*ALL[:-1], SILENT])
    assert "8 de 9 procesos avisaron. Falta: Eliminación." in capsys.readouterr().out


@pytest.mark.django_db
def test_an_act_that_no_rule_answers_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    acts = [act("orden_compra"), act("orden_compra_regrabada"), act("venta")]
    company = tmp_path / "estacion.sqlite3"
    company.touch()
    rows = check(acts, company, seconds=0)
    assert [row.problem for row in rows] == ["ninguna regla encendida", "", ""]
    assert not print_table(rows)
    assert "0 de 1 mensajes llegaron" in capsys.readouterr().out
