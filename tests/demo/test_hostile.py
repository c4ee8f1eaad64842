"""Whatever is typed into a field: the page answers, and the system says no or saves it as it is."""

import pytest
from sqlalchemy import func, select

from emailketing.demo.__main__ import main
from emailketing.demo.database import Database
from emailketing.demo.pages.app import App
from tests.demo.client import Client
from tests.demo.conftest import NOW, clock

HOSTILE = [
    "",
    "'); DROP TABLE cliente; --",
    "<script>alert(1)</script>",
    "a\r\nBcc: otro@otro.example",
    "ñandú g̃ 🚗 \u202e",
    "-1",
    "0",
    "9" * 40,
    "1e400",
    "NaN",
    "0,0000001",
    "x" * 5_000,
    "{{ 7 * 7 }}{% include",
    "\x00",
]
FORMS = {
    "/ordenes/nueva": (
        {"proveedor": "2", "sucursal": "1", "accion": "confirmar"},
        ("proveedor", "sucursal", "entrega", "condicion", "observacion", "accion"),
    ),
    "/presupuestos/nuevo": (
        {"cliente": "2", "sucursal": "1", "accion": "emitir"},
        ("cliente", "sucursal", "validez", "condicion", "observacion", "accion"),
    ),
    "/productos/9": ({}, ("precio",)),
    "/clientes/2": (
        {"razon_social": "X", "ruc": "1", "idioma": "es", "accion": "guardar"},
        ("razon_social", "ruc", "idioma", "telefono", "control_vehiculos", "accion"),
    ),
    "/clientes/2/contactos": (
        {"nombre": "X", "tipo": "email", "valor": "x@x.example", "uso": "general"},
        ("nombre", "tipo", "valor", "uso", "contacto", "accion"),
    ),
    "/ventas/vehiculo": (
        {"vehiculo": "ABCD 123", "surtidor": "1", "litros": "1", "pago": "credito"},
        ("vehiculo", "surtidor", "litros", "odometro", "pago"),
    ),
    "/cobros/nuevo": (
        {"cliente": "1", "medio": "efectivo", "importe": "1000"},
        ("cliente", "medio", "importe", "banco", "numero", "factura", "aplicar", "observacion"),
    ),
    "/pagos/nuevo": (
        {"proveedor": "1", "factura": "1", "aplicar": "1", "medio": "efectivo"},
        ("proveedor", "factura", "aplicar", "medio", "fecha_pago", "banco", "cuenta"),
    ),
    "/cajas": ({"caja": "1", "turno": "tarde", "apertura": "1"}, ("caja", "turno", "apertura")),
    "/cierres": ({"sucursal": "1"}, ("sucursal", "observacion")),
}
LINE = {"producto": "00020", "cantidad": "1", "precio": "1000"}


@pytest.fixture
def both(company: Database) -> Client:
    return Client(App(company, clock))


@pytest.mark.parametrize("address", FORMS)
def test_no_entry_breaks_a_page(pages: Client, address: str) -> None:
    post_everything(pages, address)


def test_no_entry_breaks_a_page_on_the_stricter_database(both: Client) -> None:
    post_everything(both, "/clientes/2/contactos")


def post_everything(client: Client, address: str) -> None:
    right, names = FORMS[address]
    lines = tuple(LINE) if address.endswith(("nueva", "presupuestos/nuevo")) else ()
    for name in (*names, *lines):
        for value in HOSTILE:
            answer = client.post(address, {**LINE, **right, name: value})
            assert answer.status in {303, 422, 404}, (name, value, answer.text)
            assert answer.status != 422 or answer.problems
            assert "<script>alert" not in answer.text


def test_a_text_is_kept_as_it_was_typed(both: Client) -> None:
    right, _ = FORMS["/ordenes/nueva"]
    for text in HOSTILE[1:5]:
        saved = both.post("/ordenes/nueva", {**LINE, **right, "observacion": text})
        key = int(saved.headers["Location"].rpartition("/")[2])
        with both.app.database.look(now=NOW) as work:
            assert work.get("orden_compra", key)["observacion"] == text
            assert work.value(select(func.count()).select_from(work.tables["cliente"])) == 61


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["play", "--database", "nada"], "No es una dirección de base de datos: nada"),
        (["play", "--database", "sqlite:////nada/nada.db"], "No se puede abrir la base de datos"),
        (["play", "--database", "sqlite://"], "La base de datos no tiene la empresa"),
        (["serve", "--database", "sqlite://"], "La base de datos no tiene la empresa"),
        (["play", "--database", "oracle://x/y"], "SQLite o PostgreSQL"),
        (
            ["play", "--database", "postgresql://nobody@127.0.0.1:1/x"],
            "No se puede abrir la base de datos",
        ),
    ],
)
def test_a_wrong_database_is_said_in_one_sentence(arguments: list[str], sentence: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert sentence in str(ended.value)
    assert "Traceback" not in str(ended.value)


def test_a_port_in_use_is_said_in_one_sentence(site: str, file_company: Database) -> None:
    port = site.rpartition(":")[2]
    address = str(file_company.engine.url)
    with pytest.raises(SystemExit, match=f"No se puede escuchar en 127.0.0.1:{port}"):
        main(["serve", "--database", address, "--port", port])
