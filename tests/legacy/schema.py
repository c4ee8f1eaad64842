"""The tables of a business program of the nineties, as it was and as it never was tidied up.

One table for orders, quotations and payment orders; keys of four columns; CHAR everywhere; dates as
text; an annul flag beside the state; e-mail addresses where there was room; names in any letter
case; no foreign key; a log without a key; one newer table with a GUID.
"""

GUID = {"sqlite": "text", "postgresql": "uuid"}
TABLES = """
CREATE TABLE "EMPRESA" (empresa char(2) PRIMARY KEY, "Razon" char(40));
CREATE TABLE usuario (codigo char(10) PRIMARY KEY, nombre char(30));
CREATE TABLE "Proveedor" (
  empresa char(2), codigo char(6), "Nombre" char(40), ruc char(15), fax char(50),
  observacion varchar(200), baja char(1), usr char(10), PRIMARY KEY (empresa, codigo));
CREATE TABLE "CLIENTE" (
  empresa char(2), codigo char(6), "Nombre" char(40), ruc char(15), direccion2 char(50),
  baja char(1), usr char(10), PRIMARY KEY (empresa, codigo));
CREATE TABLE "Articulo" (
  empresa char(2), codigo char(12), descripcion char(40), precio numeric(14,3),
  existencia numeric(14,3), ult_compra char(8), usr char(10), PRIMARY KEY (empresa, codigo));
CREATE TABLE "Comprobante" (
  empresa char(2), sucursal char(2), tipo char(3), numero integer, fecha char(8),
  entidad char(6), estado char(1), anulado char(1), moneda char(3), total numeric(16,2),
  nota varchar(120), impreso char(1), copias integer, usr char(10),
  PRIMARY KEY (empresa, sucursal, tipo, numero));
CREATE TABLE "CompDet" (
  empresa char(2), sucursal char(2), tipo char(3), numero integer, renglon integer,
  articulo char(12), "Descripcion" varchar(60), cantidad numeric(12,3), precio numeric(14,3),
  recibido numeric(12,3), PRIMARY KEY (empresa, sucursal, tipo, numero, renglon));
CREATE TABLE contador (
  empresa char(2), sucursal char(2), tipo char(3), ultimo integer,
  PRIMARY KEY (empresa, sucursal, tipo));
CREATE TABLE bitacora (fecha char(8), hora char(6), usr char(10), texto varchar(120));
CREATE TABLE "Remision" (
  "GuiRemision" {guid} PRIMARY KEY, empresa char(2), sucursal char(2), tipo char(3),
  numero integer, fecha char(8), transportista varchar(80), usr char(10));
"""
KEYS = {
    "Proveedor": ("empresa", "codigo"),
    "CLIENTE": ("empresa", "codigo"),
    "Articulo": ("empresa", "codigo"),
    "Comprobante": ("empresa", "sucursal", "tipo", "numero"),
    "CompDet": ("empresa", "sucursal", "tipo", "numero", "renglon"),
    "contador": ("empresa", "sucursal", "tipo"),
    "bitacora": (),
    "Remision": ("GuiRemision",),
}


def tables(dialect: str) -> list[str]:
    """Return the statements that make them."""
    script = TABLES.replace("{guid}", GUID[dialect])
    return [statement for part in script.split(";") if (statement := part.strip())]
