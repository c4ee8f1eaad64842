"""The chart of accounts with what each came to in a month, and the result."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import func, select

from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.pages.http import OperatorRequest, Response
from emailketing.demo.pages.views import page

RESULT = ("ingreso", "costo", "gasto")
MONTH_PATTERN = "%Y-%m"
YEARS = range(2000, 2100)


def index(request: OperatorRequest) -> Response:
    with request.look() as work:
        first = _month(request.asked("mes"), work.today)
        before = (first - timedelta(days=1)).replace(day=1)
        accounts = work.tables["cuenta"]
        rows = work.rows(select(accounts).order_by(accounts.c.codigo))
        now, then = _balances(work, first), _balances(work, before)
    for row in rows:
        row["importe"], row["anterior"] = _sum(row, now), _sum(row, then)
    shown = [row for row in rows if row["tipo"] in RESULT]
    return page(
        request,
        "cuentas",
        rows=shown,
        accounts=[row for row in rows if row["tipo"] not in RESULT],
        result=_result(shown, "importe"),
        result_before=_result(shown, "anterior"),
        month=first.strftime(MONTH_PATTERN),
        month_before=before.strftime(MONTH_PATTERN),
        today=work.today,
    )


def _month(asked: str, today: date) -> date:
    """Return the first day of the month asked for; of this one when it is none."""
    try:
        first = date.fromisoformat(f"{asked}-01")
    except ValueError:
        first = today
    return first.replace(day=1) if first.year in YEARS else today.replace(day=1)


def _balances(work: OperatorTransaction, first: date) -> dict[str, int]:
    """Return credit less debit of the month, by code of the account."""
    following = (first + timedelta(days=32)).replace(day=1)
    lines, entries, accounts = (work.tables[n] for n in ("asiento_linea", "asiento", "cuenta"))
    query = (
        select(accounts.c.codigo, func.sum(lines.c.haber - lines.c.debe).label("importe"))
        .join(lines, lines.c.cuenta_id == accounts.c.id)
        .join(entries, entries.c.id == lines.c.asiento_id)
        .where((entries.c.fecha >= first) & (entries.c.fecha < following))
        .group_by(accounts.c.codigo)
    )
    return {row["codigo"]: int(row["importe"]) for row in work.rows(query)}


def _sum(account: Row, balances: dict[str, int]) -> int:
    """A level above is the sum of what stands below it; debits count where they are the rule."""
    code = account["codigo"]
    total = sum(
        amount for own, amount in balances.items() if own == code or own.startswith(f"{code}.")
    )
    return -total if account["tipo"] in {"activo", "costo", "gasto"} else total


def _result(rows: Iterable[Row], column: str) -> int:
    """Income less costs and expenses, from the first level."""
    tops = {row["tipo"]: int(row[column]) for row in rows if row["nivel"] == 1}
    return tops["ingreso"] - tops["costo"] - tops["gasto"]
