"""Expenses: list, and the form for a new one."""

from collections.abc import Sequence

from sqlalchemy import select

from emailketing.demo.accounting import expense_accounts
from emailketing.demo.expenses import RATES, Expense, record_expense
from emailketing.demo.pages.forms import Form
from emailketing.demo.pages.http import OperatorRequest, Response, go_to
from emailketing.demo.pages.views import answer, chosen, listing, page, status_for, typed_key

FIELDS = ("descripcion", "total", "comprobante", "cuenta", "proveedor", "sucursal")


def index(request: OperatorRequest) -> Response:
    return answer(
        request,
        lambda form: _act(request, form),
        lambda form, problems: _show(request, form, problems),
    )


def _act(request: OperatorRequest, form: Form) -> Response:
    expense = Expense(
        branch=form.key("sucursal", "Sucursal"),
        account=form.key("cuenta", "Cuenta"),
        text=form.text("descripcion"),
        total=form.whole("total", "Importe"),
        rate=int(form.number("tasa", "IVA")),
        supplier=typed_key(form, "proveedor"),
        voucher=form.text("comprobante"),
    )
    form.check()
    with request.work() as work:
        record_expense(work, expense)
    return go_to("/gastos", "El gasto quedó anotado.")


def _show(request: OperatorRequest, form: Form | None, problems: Sequence[str]) -> Response:
    with request.look() as work:
        expenses, accounts = work.tables["gasto"], work.tables["cuenta"]
        branches, suppliers = work.tables["sucursal"], work.tables["proveedor"]
        query = (
            select(
                expenses,
                accounts.c.codigo.label("cuenta"),
                accounts.c.nombre.label("nombre_cuenta"),
                branches.c.nombre.label("sucursal"),
            )
            .join(accounts, accounts.c.id == expenses.c.cuenta_id)
            .join(branches, branches.c.id == expenses.c.sucursal_id)
            .order_by(expenses.c.fecha.desc(), expenses.c.id.desc())
        )
        search = request.asked("buscar")
        if search:
            query = query.where(
                expenses.c.descripcion.ilike(f"%{search}%")
                | accounts.c.nombre.ilike(f"%{search}%")
                | accounts.c.codigo.ilike(f"{search}%")
            )
        values = {
            "accounts": [
                {"key": row["id"], "name": f"{row['codigo']} {row['nombre']}"}
                for row in expense_accounts(work)
            ],
            "branches": chosen(work.rows(select(branches).order_by(branches.c.id))),
            "suppliers": chosen(work.rows(select(suppliers).order_by(suppliers.c.razon_social))),
            **listing(request, work, query),
        }
    return page(
        request,
        "gastos",
        status=status_for(problems),
        problems=problems,
        rates=RATES,
        rate=form.text("tasa") if form else "10",
        typed={name: form.text(name) if form else "" for name in FIELDS},
        keys={name: typed_key(form, name) if form else None for name in FIELDS},
        **values,
    )
