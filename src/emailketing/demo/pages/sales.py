"""Sales: list, and the form for a vehicle at the pump."""

from collections.abc import Sequence

from sqlalchemy import select

from emailketing.demo.amounts import quantity
from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.pages.forms import Form
from emailketing.demo.pages.http import OperatorRequest, Response, go_to
from emailketing.demo.pages.views import answer, listing, page, status_for, typed_key
from emailketing.demo.refused import Refused
from emailketing.demo.sales import Refuelling, litres_this_month, refuel
from emailketing.demo.tills import CASH

PAID_BY = (
    ("credito", "A crédito"),
    (CASH, "Efectivo"),
    ("tarjeta_debito", "Tarjeta de débito"),
    ("tarjeta_credito", "Tarjeta de crédito"),
    ("qr", "Código QR"),
)
MOST_LITRES = 2_000


def index(request: OperatorRequest) -> Response:
    with request.look() as work:
        sales, customers = work.tables["venta"], work.tables["cliente"]
        branches = work.tables["sucursal"]
        query = (
            select(sales, customers.c.razon_social, branches.c.nombre.label("sucursal"))
            .outerjoin(customers, customers.c.id == sales.c.cliente_id)
            .join(branches, branches.c.id == sales.c.sucursal_id)
        )
        search = request.asked("buscar")
        if search:
            query = query.where(
                customers.c.razon_social.ilike(f"%{search}%") | sales.c.numero.ilike(f"%{search}%")
            )
        found = listing(request, work, query.order_by(sales.c.hora.desc(), sales.c.id.desc()))
    return page(request, "ventas", **found)


def refuelling(request: OperatorRequest) -> Response:
    return answer(
        request,
        lambda form: _act(request, form),
        lambda form, problems: _show(request, form, problems),
    )


def _act(request: OperatorRequest, form: Form) -> Response:
    plate = form.needed("vehiculo", "Vehículo").partition(" · ")[0]
    litres = form.number("litros", "Litros")
    odometer = form.whole("odometro", "Odómetro") or None
    pump = form.key("surtidor", "Surtidor")
    if not 0 < litres <= MOST_LITRES:
        form.problems.append("Litros: escriba cuánto cargó.")
    if form.text("pago") not in dict(PAID_BY):
        form.problems.append("Pago: elija de la lista.")
    form.check()
    with request.work() as work:
        vehicle = _vehicle(work, plate)
        price = _price(work, pump)
        means = form.text("pago")
        payments = None if means == "credito" else {means: round(litres * price)}
        refuel(work, Refuelling(pump, litres, vehicle["id"], odometer, payments))
        note = f"Carga de {quantity(litres)} L al vehículo {vehicle['chapa']}."
        limit = vehicle["limite_litros"]
        if limit and litres_this_month(work, vehicle["id"]) > limit:
            note += f" Superó su límite de {quantity(limit)} L por mes."
    return go_to("/ventas/vehiculo", note)


def _vehicle(work: OperatorTransaction, plate: str) -> Row:
    vehicles = work.tables["vehiculo"]
    found = work.rows(select(vehicles).where(vehicles.c.chapa == plate.strip().upper()))
    if not found:
        raise Refused(f"No hay un vehículo con la chapa {plate}. Elija de la lista.")
    return found[0]


def _price(work: OperatorTransaction, pump: int) -> int:
    product = work.get("surtidor", pump)["producto_id"]
    return int(work.get("producto", product)["precio"])


def _show(request: OperatorRequest, form: Form | None, problems: Sequence[str]) -> Response:
    branch = request.user["sucursal_id"]
    with request.look() as work:
        vehicles, customers = work.tables["vehiculo"], work.tables["cliente"]
        pumps, products = work.tables["surtidor"], work.tables["producto"]
        fleet = (
            select(vehicles, customers.c.razon_social)
            .join(customers, customers.c.id == vehicles.c.cliente_id)
            .where(vehicles.c.activo == 1)
        )
        here = (
            select(pumps, products.c.descripcion, products.c.precio)
            .join(products, products.c.id == pumps.c.producto_id)
            .where(pumps.c.sucursal_id == branch)
        )
        values = {
            "vehicles": work.rows(fleet.order_by(vehicles.c.chapa)),
            "pumps": work.rows(here.order_by(pumps.c.numero)),
            "last": _last(work),
        }
    fields = ("vehiculo", "litros", "odometro", "pago")
    return page(
        request,
        "carga",
        status=status_for(problems),
        problems=problems,
        typed={field: form.text(field) if form else "" for field in fields},
        pump=typed_key(form, "surtidor") if form else None,
        paid_by=PAID_BY,
        **values,
    )


def _last(work: OperatorTransaction) -> list[Row]:
    fuel, vehicles = work.tables["venta_combustible"], work.tables["vehiculo"]
    customers, products = work.tables["cliente"], work.tables["producto"]
    query = (
        select(fuel, vehicles.c.chapa, vehicles.c.marca, customers.c.razon_social)
        .add_columns(products.c.descripcion, vehicles.c.limite_litros)
        .join(vehicles, vehicles.c.id == fuel.c.vehiculo_id)
        .join(customers, customers.c.id == vehicles.c.cliente_id)
        .join(products, products.c.id == fuel.c.producto_id)
        .order_by(fuel.c.hora.desc(), fuel.c.id.desc())
    )
    found = work.rows(query.limit(10))
    for row in found:
        row["mes"] = litres_this_month(work, row["vehiculo_id"])
        row["supera"] = bool(row["limite_litros"]) and row["mes"] > row["limite_litros"]
    return found
