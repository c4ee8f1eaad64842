"""Collections: list, and the form for a payment of a customer."""

from collections.abc import Sequence

from sqlalchemy import select

from emailketing.demo.collect import Collection, Means, collect
from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.pages.forms import Form, as_key
from emailketing.demo.pages.http import OperatorRequest, Response, go_to
from emailketing.demo.pages.views import answer, chosen, listing, page, status_for

MEANS = (
    ("efectivo", "Efectivo"),
    ("cheque", "Cheque"),
    ("transferencia", "Transferencia"),
    ("tarjeta_debito", "Tarjeta de débito"),
    ("qr", "Código QR"),
)


def index(request: OperatorRequest) -> Response:
    with request.look() as work:
        receipts, customers = work.tables["cobro"], work.tables["cliente"]
        query = select(receipts, customers.c.razon_social).join(
            customers, customers.c.id == receipts.c.cliente_id
        )
        search = request.asked("buscar")
        if search:
            query = query.where(
                customers.c.razon_social.ilike(f"%{search}%")
                | receipts.c.numero.ilike(f"%{search}%")
            )
        found = listing(request, work, query.order_by(receipts.c.id.desc()))
    return page(request, "cobros", **found)


def new(request: OperatorRequest) -> Response:
    return answer(
        request,
        lambda form: _act(request, form),
        lambda form, problems: _show(request, form, problems),
    )


def _act(request: OperatorRequest, form: Form) -> Response:
    means = [
        Means(code, int(form.read(amount, "Importe del medio de pago")), bank, number)
        for code, amount, bank, number in zip(
            form.list("medio"),
            form.list("importe"),
            form.list("banco"),
            form.list("numero"),
            strict=False,
        )
        if amount
    ]
    collection = Collection(
        customer=form.key("cliente", "Cliente"),
        branch=request.user["sucursal_id"],
        means=means,
        applied=_applied(form),
        notes=form.text("observacion"),
    )
    form.check()
    with request.work() as work:
        number = work.get("cobro", collect(work, collection))["numero"]
    return go_to("/cobros", f"Cobro registrado: recibo {number}.")


def _applied(form: Form) -> dict[int, int]:
    """Return how much goes to which invoice."""
    typed = zip(form.list("factura"), form.list("aplicar"), strict=False)
    return {
        as_key(key) or 0: int(form.read(amount, "Importe que se aplica"))
        for key, amount in typed
        if amount
    }


def _show(request: OperatorRequest, form: Form | None, problems: Sequence[str]) -> Response:
    asked = as_key(form.text("cliente") if form else request.asked("cliente"))
    with request.look() as work:
        customers = work.tables["cliente"]
        people = chosen(work.rows(select(customers).order_by(customers.c.razon_social)))
        customer = work.get("cliente", asked) if asked else None
        invoices = _owed(work, asked) if asked else []
    if form:
        typed = dict(zip(form.list("factura"), form.list("aplicar"), strict=False))
        invoices = [row | {"typed": typed.get(str(row["id"]), "")} for row in invoices]
    return page(
        request,
        "cobro",
        status=status_for(problems),
        problems=problems,
        customer=customer,
        customers=people,
        invoices=invoices,
        owed=sum(row["saldo"] for row in invoices),
        means=MEANS,
        parts=_parts(form),
        notes=form.text("observacion") if form else "",
    )


def _owed(work: OperatorTransaction, customer: int) -> list[Row]:
    sales = work.tables["venta"]
    owed = (sales.c.cliente_id == customer) & (sales.c.saldo > 0) & (sales.c.estado == "emitida")
    rows = work.rows(select(sales).where(owed).order_by(sales.c.fecha, sales.c.id))
    return [row | {"typed": ""} for row in rows]


def _parts(form: Form | None) -> list[dict[str, str]]:
    """Return the rows for the means of payment, as typed."""
    names = ("medio", "importe", "banco", "numero")
    columns = [form.list(name) if form else [] for name in names]
    return [
        {
            name: column[place] if place < len(column) else ""
            for name, column in zip(names, columns, strict=True)
        }
        for place in range(3)
    ]
