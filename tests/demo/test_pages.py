"""The operators' pages: they answer, they save, and they say what is wrong."""

import html
import re

import pytest
from sqlalchemy import select

from emailketing.demo.amounts import money
from emailketing.demo.play import play
from tests.demo.client import Client
from tests.demo.conftest import NOW, clock

ADDRESSES = [
    "/",
    "/ordenes",
    "/ordenes?buscar=oc-01&estado=confirmada&pagina=1",
    "/ordenes/nueva",
    "/ordenes/1",
    "/ordenes/137",
    "/presupuestos",
    "/presupuestos/nuevo",
    "/presupuestos/1",
    "/productos",
    "/productos?buscar=aceite",
    "/productos/4",
    "/clientes",
    "/clientes/1",
    "/proveedores",
    "/proveedores/15",
    "/ventas",
    "/ventas?pagina=3",
    "/ventas/vehiculo",
    "/cobros",
    "/cobros/nuevo",
    "/cobros/nuevo?cliente=1",
    "/pagos",
    "/pagos/nuevo",
    "/pagos/nuevo?proveedor=1",
    "/cajas",
    "/cajas/1",
    "/cajas/730",
    "/cierres",
    "/cierres/1",
]
LINES = {
    "producto": ["00020 Aditivo", "", "00021"],
    "cantidad": ["12", "", "1,5"],
    "precio": ["", "", "10.000"],
}
ORDER = {"proveedor": "2", "sucursal": "1", "condicion": "Contado", **LINES}


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_answers(pages: Client, address: str) -> None:
    answer = pages.get(address)
    assert answer.status == 200
    assert "<h1>" in answer.text
    # nothing is asked for elsewhere
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//', answer.text) == []


@pytest.mark.parametrize(
    "address", ["/nada", "/ordenes/9999", "/static/../app.py", "/static/x.css"]
)
def test_what_is_not_there_is_said(pages: Client, address: str) -> None:
    assert pages.get(address).status == 404


def test_files_are_served(pages: Client) -> None:
    for name, kind in (("estilo.css", "text/css"), ("gota.svg", "image/svg+xml")):
        answer = pages.get(f"/static/{name}")
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith(kind)


def test_who_works_is_chosen_at_the_top(pages: Client) -> None:
    assert "Buen día, Liz Giménez" in pages.get("/").text
    pages.work_as("cbenitez")
    assert "Buen día, Carolina Benítez" in pages.get("/").text
    pages.work_as("nobody")
    assert "Buen día, Liz Giménez" in pages.get("/").text


def test_an_order_is_drafted_confirmed_changed_and_annulled(pages: Client) -> None:
    draft = pages.post("/ordenes/nueva", {**ORDER, "accion": "guardar"})
    address = draft.headers["Location"]
    assert "Orden en borrador" in pages.get(address).text
    confirmed = pages.post_and_follow(address, {**ORDER, "accion": "confirmar"})
    number = re.search(r"Orden de compra (OC-\d{4})", confirmed.text)
    assert number
    assert "confirmada" in confirmed.text
    assert f"Orden {number[1]} confirmada." in confirmed.text
    # the note is shown once
    assert f"Orden {number[1]} confirmada." not in pages.get(address).text
    changed = pages.post_and_follow(
        address, {**ORDER, "cantidad": ["24", "", "2"], "accion": "guardar"}
    )
    assert 'value="24"' in changed.text
    refused = pages.post(address, {"accion": "anular", "motivo": ""})
    assert refused.status == 422
    assert refused.problems == ["Escriba el motivo de la anulación."]
    annulled = pages.post_and_follow(address, {"accion": "anular", "motivo": "Sin existencia"})
    assert "Anulada: Sin existencia" in annulled.text


def test_a_line_without_a_price_takes_the_product_s(pages: Client) -> None:
    draft = pages.post("/ordenes/nueva", {**ORDER, "accion": "guardar"})
    key = int(draft.headers["Location"].rpartition("/")[2])
    with pages.app.database.look(now=NOW) as work:
        lines = work.tables["orden_compra_linea"]
        first, second = work.rows(select(lines).filter_by(orden_compra_id=key))
        assert first["precio"] == work.get("producto", 20)["costo"]
        assert (second["precio"], second["cantidad"], second["total"]) == (10_000, 1.5, 15_000)


def test_all_mistakes_of_a_form_are_said_at_once_and_nothing_typed_is_lost(pages: Client) -> None:
    typed = {
        "proveedor": "",
        "sucursal": "1",
        "entrega": "31/31/2026",
        "observacion": 'dice "<b>urgente</b>"',
        "producto": ["99999 Nada", "00020 Aditivo"],
        "cantidad": ["1", "doce"],
        "precio": ["", ""],
        "accion": "confirmar",
    }
    answer = pages.post("/ordenes/nueva", typed)
    assert answer.status == 422
    assert [html.unescape(sentence) for sentence in answer.problems] == [
        "Proveedor: elija de la lista.",
        "Entrega: la fecha no es correcta.",
        "Renglón 1: elija un producto de la lista.",
        "Renglón 2, cantidad: «doce» no es un número.",
    ]
    assert 'value="doce"' in answer.text
    assert "<b>urgente</b>" not in answer.text
    assert "dice &quot;&lt;b&gt;urgente" in answer.text


def test_a_quotation_is_issued_and_accepted(pages: Client) -> None:
    pages.work_as("cbenitez")
    form = {"cliente": "5", "sucursal": "1", "validez": "2026-12-10", **LINES}
    issued = pages.post("/presupuestos/nuevo", {**form, "accion": "emitir"})
    address = issued.headers["Location"]
    page = pages.get(address)
    assert re.search(r"Presupuesto PRE-\d{4}", page.text)
    assert "creado por cbenitez" in page.text.lower()
    accepted = pages.post_and_follow(address, {"accion": "aceptar"})
    assert "aceptado" in accepted.text
    again = pages.post(address, {**form, "accion": "guardar"})
    assert again.status == 422
    assert "ya está aceptado" in again.problems[0]


def test_a_price_is_changed_with_its_history(pages: Client) -> None:
    assert pages.post("/productos/20", {"precio": "abc"}).problems
    page = pages.post_and_follow("/productos/20", {"precio": "99.000"})
    assert "El precio nuevo vale desde ahora." in page.text
    assert "Gs. 99.000" in page.text


def test_contacts_are_added_and_deleted(pages: Client) -> None:
    wrong = {"nombre": "Ana", "tipo": "email", "valor": "ana", "uso": "pagos", "accion": "guardar"}
    refused = pages.post("/clientes/3/contactos", wrong)
    assert refused.status == 422
    assert 'value="Ana"' in refused.text
    right = wrong | {"valor": "ana@mainumby.example"}
    page = pages.post_and_follow("/clientes/3/contactos", right)
    assert "ana@mainumby.example" in page.text
    key = re.findall(r'name="contacto" value="(\d+)"', page.text)[-1]
    gone = pages.post_and_follow("/clientes/3/contactos", {"contacto": key, "accion": "eliminar"})
    assert "ana@mainumby.example" not in gone.text


def test_a_vehicle_is_fuelled(pages: Client) -> None:
    pages.work_as("jcaceres")
    page = pages.get("/ventas/vehiculo")
    vehicle = html.unescape(re.findall(r'<option value="([^"]* · [^"]*)"', page.text)[0])
    plate = vehicle.partition(" · ")[0]
    with pages.app.database.look(now=NOW) as work:
        vehicles = work.tables["vehiculo"]
        fuel = work.rows(select(vehicles).filter_by(chapa=plate))[0]["producto_id"]
        pumps = work.tables["surtidor"]
        pump = work.rows(select(pumps).filter_by(producto_id=fuel, sucursal_id=1))[0]["id"]
    form = {"vehiculo": vehicle, "surtidor": str(pump), "odometro": "", "pago": "credito"}
    assert pages.post("/ventas/vehiculo", {**form, "litros": "mucho"}).status == 422
    done = pages.post_and_follow("/ventas/vehiculo", {**form, "litros": "30,5"})
    assert f"Carga de 30,5 L al vehículo {plate}." in done.text


def test_a_customer_pays_with_two_means(pages: Client) -> None:
    pages.work_as("jcaceres")
    page = pages.get("/cobros/nuevo?cliente=1")
    invoice = re.findall(r'name="factura" value="(\d+)"', page.text)[0]
    owed = re.findall(r'data-fill="([\d.]+)"', page.text)[0]
    form = {
        "cliente": "1",
        "factura": [invoice],
        "aplicar": [owed],
        "medio": ["efectivo", "cheque", "efectivo"],
        "importe": ["1.000", str(int(owed.replace(".", "")) - 1_000), ""],
        "banco": ["", "", ""],
        "numero": ["", "", ""],
    }
    refused = pages.post("/cobros/nuevo", form)
    assert refused.problems == ["Escriba banco y número del cheque o de la transferencia."]
    form |= {"banco": ["", "Banco Tajy", ""], "numero": ["", "123", ""]}
    done = pages.post_and_follow("/cobros/nuevo", form)
    assert re.search(r"Cobro registrado: recibo R001-\d{5}\.", done.text)


def test_a_supplier_is_paid(pages: Client) -> None:
    pages.work_as("sfleitas")
    with pages.app.database.look(now=NOW) as work:
        invoices = work.tables["factura_compra"]
        invoice = work.rows(select(invoices).filter_by(estado="pendiente", moneda="PYG"))[0]
    form = {
        "proveedor": str(invoice["proveedor_id"]),
        "factura": [str(invoice["id"])],
        "aplicar": [str(int(invoice["saldo"]))],
        "medio": "transferencia",
        "retener": "1",
    }
    refused = pages.post("/pagos/nuevo", form)
    assert "Escriba el banco y el número" in refused.problems[0]
    done = pages.post_and_follow("/pagos/nuevo", form | {"banco": "Banco Tajy", "numero": "77"})
    assert re.search(r"Orden de pago OP-\d{4} emitida\.", done.text)


def test_the_evening_till_count_and_sales_closing(pages: Client) -> None:
    pages.work_as("jcaceres")
    assert (
        "Antes de cerrar las ventas cierre" in pages.post("/cierres", {"sucursal": "1"}).problems[0]
    )
    session = re.findall(r'href="/cajas/(\d+)"', pages.get("/cajas").text)
    address = f"/cajas/{min(session, key=int)}"
    with pages.app.database.look(now=NOW) as work:
        sessions = work.tables["caja_cierre"]
        key = work.rows(select(sessions).filter_by(estado="abierta", caja_id=1))[0]["id"]
    address = f"/cajas/{key}"
    spent = {"accion": "sacar", "concepto": "gasto", "importe": "20.000", "detalle": "Hielo"}
    assert "El egreso quedó anotado." in pages.post_and_follow(address, spent).text
    count = {"accion": "cerrar", "medio": ["efectivo"], "contado": ["470.000"]}
    assert "Hay diferencia" in pages.post(address, count).problems[0]
    closed = pages.post_and_follow(address, count | {"observacion": "Vuelto de más"})
    assert re.search(r"Caja cerrada: CC-\d{4}", closed.text)
    assert "Gs. -10.000" in closed.text
    assert pages.post("/cierres", {"sucursal": "1"}).problems == [
        "No hay ventas por cerrar en esta sucursal."
    ]


def test_a_form_of_another_site_does_nothing(pages: Client) -> None:
    answer = pages.post("/productos/20", {"precio": "99.000"}, HTTP_ORIGIN="https://otro.example")
    assert answer.status == 403


def test_going_back_never_leaves_the_site(pages: Client) -> None:
    for address in ("//otro.example", "https://otro.example"):
        answer = pages.post("/operador", {"operador": "mrojas", "volver": address})
        assert answer.headers["Location"] == "/"


def test_a_closing_shows_its_cash_closings_and_their_differences(pages: Client) -> None:
    with pages.app.database.look(now=NOW) as work:
        shifts = work.tables["caja_cierre"]
        query = select(shifts).where(shifts.c.diferencia < 0).order_by(shifts.c.id)
        short = work.rows(query)[0]
    page = pages.get(f"/cierres/{short['ventas_cierre_id']}").text
    assert short["numero"] in page
    assert f'bad">{money(short["diferencia"])}<' in page


def test_refuellings_show_the_litres_of_the_month_and_the_limit(pages: Client) -> None:
    list(play(pages.app.database, clock))
    page = pages.get("/ventas/vehiculo").text
    assert re.search(r'class="n bad">[\d.,]+ de [\d.,]+ L<', page)
