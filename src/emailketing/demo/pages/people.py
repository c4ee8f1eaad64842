"""Customers and suppliers: list, record, contacts."""

from collections.abc import Sequence

from sqlalchemy import select

from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.pages.forms import Form
from emailketing.demo.pages.http import OperatorRequest, Response, go_to
from emailketing.demo.pages.views import answer, listing, page, status_for, typed_key
from emailketing.demo.people import (
    LANGUAGES,
    USES,
    delete_contact,
    delete_person,
    save_contact,
    save_person,
)

KINDS = {"clientes": "cliente", "proveedores": "proveedor"}
FIELDS = ("razon_social", "ruc", "direccion", "ciudad", "telefono", "idioma", "observacion")


def index(request: OperatorRequest, name: str) -> Response:
    with request.look() as work:
        table = work.tables[KINDS[name]]
        query = select(table)
        search = request.asked("buscar")
        if search:
            query = query.where(
                table.c.razon_social.ilike(f"%{search}%") | table.c.ruc.ilike(f"%{search}%")
            )
        found = listing(request, work, query.order_by(table.c.razon_social))
    return page(request, "personas", **found, name=name, kind=KINDS[name])


def edit(request: OperatorRequest, name: str, key: str) -> Response:
    return answer(
        request,
        lambda form: _act(request, form, name, int(key)),
        lambda form, problems: _show(request, name, int(key), form, problems),
    )


def contact(request: OperatorRequest, name: str, key: str) -> Response:
    """Add, change or delete a contact; mistakes are shown on the person's page."""
    return answer(
        request,
        lambda form: _act_on_contact(request, form, name, int(key)),
        lambda form, problems: _show(request, name, int(key), form, problems),
    )


def _act(request: OperatorRequest, form: Form, name: str, key: int) -> Response:
    kind = KINDS[name]
    with request.work() as work:
        if form.text("accion") == "eliminar":
            delete_person(work, kind, key)
            return go_to(f"/{name}", "El registro se eliminó.")
        values = _typed(form, kind)
        form.check()
        save_person(work, kind, key, values)
    return go_to(f"/{name}/{key}", "Los datos se guardaron.")


def _typed(form: Form, kind: str) -> Row:
    values: Row = {field: form.text(field) or None for field in FIELDS}
    values["razon_social"], values["ruc"] = form.text("razon_social"), form.text("ruc")
    if kind == "cliente":
        values["control_vehiculos"] = int(form.text("control_vehiculos") == "1")
        values["acepta_publicidad"] = int(form.text("acepta_publicidad") == "1")
        values["plazo_dias"] = form.whole("plazo_dias", "Plazo")
        values["limite_credito"] = form.whole("limite_credito", "Límite de crédito")
    return values


def _act_on_contact(request: OperatorRequest, form: Form, name: str, key: int) -> Response:
    kind, chosen = KINDS[name], typed_key(form, "contacto")
    with request.work() as work:
        if form.text("accion") == "eliminar" and chosen:
            delete_contact(work, kind, chosen)
            note = "El contacto se eliminó."
        else:
            values = {field: form.text(field) for field in ("nombre", "tipo", "valor", "uso")}
            save_contact(work, kind, key, values, chosen)
            note = "El contacto se guardó."
    return go_to(f"/{name}/{key}", note)


def _show(
    request: OperatorRequest, name: str, key: int, form: Form | None, problems: Sequence[str]
) -> Response:
    kind = KINDS[name]
    with request.look() as work:
        person = work.get(kind, key)
        values = _around(work, kind, key)
    if form and form.text("accion") == "guardar" and not form.text("tipo"):
        person = person | _typed(form, kind)
    return page(
        request,
        "persona",
        status=status_for(problems),
        problems=problems,
        person=person,
        name=name,
        kind=kind,
        languages=LANGUAGES,
        uses=USES[kind],
        typed=_typed_contact(form),
        **values,
    )


def _around(work: OperatorTransaction, kind: str, key: int) -> Row:
    """Return contacts and, of a customer, vehicles."""
    contacts = work.tables[f"{kind}_contacto"]
    query = select(contacts).where(contacts.c[f"{kind}_id"] == key).order_by(contacts.c.id)
    vehicles: list[Row] = []
    if kind == "cliente":
        fleet = work.tables["vehiculo"]
        vehicles = work.rows(select(fleet).where(fleet.c.cliente_id == key).order_by(fleet.c.chapa))
    return {"contacts": work.rows(query), "vehicles": vehicles}


def _typed_contact(form: Form | None) -> dict[str, str]:
    is_new = form is not None and form.text("tipo") and not form.text("contacto")
    return {
        field: form.text(field) if form and is_new else ""
        for field in ("nombre", "tipo", "valor", "uso")
    }
