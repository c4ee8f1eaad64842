"""A shop whose connector says how its changes are told."""

from datetime import timedelta

import pytest
from django.db.models import F

from emailketing.events.models import Event
from emailketing.sources.audit.due import audit_due
from emailketing.sources.models import CapturedChange
from tests.sources.shop import Shop, now

AUDIT = """
[audit.tables.producto]
label = { es = "Producto", en = "Product", pt = "Produto" }
record = "{codigo} {nombre}"
secret = ["clave"]
ignore = ["visto"]
[audit.tables.producto.columns]
codigo = { label = { es = "Código", en = "Code", pt = "Código" } }
nombre = { label = { es = "Nombre", en = "Name", pt = "Nome" } }
precio = { label = { es = "Precio", en = "Price", pt = "Preço" }, type = "money" }
desde = { label = { es = "Desde", en = "Since", pt = "Desde" }, type = "date" }
activo = { label = { es = "Activo", en = "Active", pt = "Ativo" }, type = "boolean" }
clave = { label = { es = "Clave", en = "Key", pt = "Chave" } }
estado = { label = "Estado", choices = { b = { es = "bueno", en = "good", pt = "bom" } } }
grupo = { label = "Grupo", lookup = { table = "grupo", text = "nombre" } }

[audit.tables.cliente]
label = { es = "Cliente", en = "Customer", pt = "Cliente" }
record = "{nombre}"

[audit.tables.correo]
label = { es = "Correo", en = "E-mail", pt = "E-mail" }
record = "{valor}"
parent = { table = "cliente", column = "cliente" }

[audit.tables.pedido]
label = { es = "Pedido", en = "Order", pt = "Pedido" }
record = "{numero}"

[audit.tables.renglon]
label = { es = "Renglón", en = "Line", pt = "Item" }
record = "{articulo}"
parent = { table = "pedido", column = "pedido" }

[audit.tables.ficha]
label = { es = "Ficha", en = "Card", pt = "Ficha" }
[audit.tables.ficha.columns]
precio = { label = "Precio", type = "money" }
cantidad = { label = "Cantidad", type = "quantity" }
instante = { label = "Instante", type = "datetime" }
grupo = { label = "Grupo", lookup = { table = "grupo", text = "nombre" } }
estado = { label = "Estado", choices = { a = "activo", A = "activo" } }

[audit.tables.vehiculo]
label = { es = "Vehículo", en = "Vehicle", pt = "Veículo" }
record = "{chapa}"
parent = { table = "cliente", column = "cliente", together = true }

[audit.columns]
usuario = { label = { es = "Usuario", en = "User", pt = "Usuário" } }
"""
TABLES = """
[[tables]]
names = ["producto"]
actor = "usuario"
[[tables]]
names = ["vehiculo", "grupo", "ficha"]
"""
SCHEMA = (
    "CREATE TABLE grupo (id integer PRIMARY KEY, nombre text)",
    "INSERT INTO grupo VALUES (1, 'Combustibles'), (2, 'Lubricantes')",
    "CREATE TABLE producto (id integer PRIMARY KEY, codigo text, nombre text, grupo integer,"
    " precio numeric(14,2), desde date, activo integer, estado text, clave text, visto text,"
    " usuario text)",
    "CREATE TABLE vehiculo (id integer PRIMARY KEY, cliente integer, chapa text, anio integer)",
    "INSERT INTO usuario VALUES ('beto', 'Alberto Núñez')",
)
CARD = {  # what a value can be, in the words of each database
    True: "CREATE TABLE ficha (id integer PRIMARY KEY, datos text, precio real, cantidad real,"
    " medida real, instante text, nota text, grupo integer, estado text)",
    False: "CREATE TABLE ficha (id integer PRIMARY KEY, datos jsonb, precio numeric,"
    " cantidad numeric, medida double precision, instante timestamptz, nota text, grupo integer,"
    " estado text, crudo json, textos text[], numeros integer[], vigencia daterange,"
    " tramo int4range, turno tstzrange, dias datemultirange, plazo interval)",
}


class Audited:
    """The shop, and the clock of the audit."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.run = shop.run
        self.source = shop.source
        self.clock = now()

    def product(self, key: int, price: int = 1000) -> None:
        self.run(
            f"INSERT INTO producto VALUES ({key}, '{key:05}', 'Gasoil Podium {key}', 1, {price},"  # noqa: S608
            " '2026-01-31', 1, 'b', 'abc', '', 'ana')"
        )

    def told(self, *, after: float = 6, ages: bool = True) -> list[Event]:
        """Read everything, let the burst be over, tell; return the events of the audit."""
        self.shop.pull()
        self.clock = max(self.clock, now() + timedelta(seconds=after)) + timedelta(seconds=2)
        while audit_due(self.clock):
            self.clock += timedelta(seconds=2)
        if ages:  # what happens next happens to records that are there for long
            CapturedChange.objects.update(at=F("at") - timedelta(minutes=5))
        return self.events()

    def events(self) -> list[Event]:
        return list(Event.objects.filter(document_type="change").order_by("pk"))


def with_audit(shop: Shop) -> Audited:
    folder = shop.folder
    (folder / "audit.toml").write_text(AUDIT)
    toml = folder / "connector.toml"
    toml.write_text(
        toml.read_text().replace("[documents.order]", f"{TABLES}\n[documents.order]", 1)
    )
    shop.run(*SCHEMA, CARD[shop.is_sqlite])
    shop.attach()
    return Audited(shop)


@pytest.fixture
def audited(shop: Shop) -> Audited:
    return with_audit(shop)


@pytest.fixture
def sqlite_audited(sqlite_store: Shop, db: None) -> Audited:
    return with_audit(sqlite_store)


@pytest.fixture
def postgres_audited(postgres_store: Shop, db: None) -> Audited:
    return with_audit(postgres_store)
