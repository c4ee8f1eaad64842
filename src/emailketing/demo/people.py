"""Customers and suppliers, and the persons to reach there. `kind` is “cliente” or “proveedor”."""

import re

from sqlalchemy import func, select

from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.refused import Refused
from emailketing.demo.ruc import is_ruc

LANGUAGES = {"es": "Español", "en": "Inglés", "pt": "Portugués"}
USES = {
    "cliente": ("general", "ventas", "pagos", "facturas", "flota"),
    "proveedor": ("general", "pedidos", "pagos", "facturas"),
}
DOCUMENTS = {
    "cliente": ("presupuesto", "venta", "cobro"),
    "proveedor": ("orden_compra", "factura_compra", "orden_pago"),
}
EMAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+")
PHONE = re.compile(r"\+?[\d\s()/-]{6,25}")


def save_person(work: OperatorTransaction, kind: str, key: int, values: Row) -> None:
    problems = []
    if not values["razon_social"]:
        problems.append("Escriba el nombre o la razón social.")
    if values["idioma"] not in LANGUAGES:
        problems.append("Elija un idioma de la lista.")
    if min(values.get("plazo_dias") or 0, values.get("limite_credito") or 0) < 0:
        problems.append("El plazo y el límite de crédito no pueden ser negativos.")
    if _is_local(values["ruc"]) and not is_ruc(values["ruc"]):
        problems.append("El RUC no es correcto: revise el número y su dígito verificador.")
    if problems:
        raise Refused(*problems)
    work.get(kind, key)
    work.update(kind, key, **values)


def change_credit(work: OperatorTransaction, key: int, limit: int) -> None:
    """Give a customer another credit limit; everything else stays."""
    known = work.get("cliente", key)
    save_person(work, "cliente", key, {**known, "limite_credito": limit})


def _is_local(number: str) -> bool:
    """Foreigners have numbers of other forms, persons perhaps only a CI."""
    return bool(re.fullmatch(r"\d{5,8}-\d", number))


def has_documents(work: OperatorTransaction, kind: str, key: int) -> bool:
    """Say whether a document names this customer or supplier."""
    tables = (work.tables[name] for name in DOCUMENTS[kind])
    return any(
        work.value(select(func.count()).where(table.c[f"{kind}_id"] == key)) for table in tables
    )


def delete_person(work: OperatorTransaction, kind: str, key: int) -> None:
    """Delete with contacts and vehicles; not who appears in documents."""
    person = work.get(kind, key)
    if has_documents(work, kind, key):
        raise Refused(f"{person['razon_social']} tiene documentos: no se puede eliminar.")
    work.delete(kind, key, detail=f"{person['codigo']} {person['razon_social']}")


def save_contact(
    work: OperatorTransaction, kind: str, owner: int, values: Row, key: int | None = None
) -> int:
    """Save a new or a changed contact; return its key."""
    problems = []
    if not values["nombre"]:
        problems.append("Escriba el nombre del contacto.")
    if values["tipo"] == "email" and not EMAIL.fullmatch(values["valor"]):
        problems.append("El correo no está bien escrito. Ejemplo: compras@empresa.example")
    if values["tipo"] == "telefono" and not PHONE.fullmatch(values["valor"]):
        problems.append("El teléfono no está bien escrito. Ejemplo: +595 981 123 456")
    if values["tipo"] not in {"email", "telefono"} or values["uso"] not in USES[kind]:
        problems.append("Elija tipo y uso de la lista.")
    if problems:
        raise Refused(*problems)
    table = f"{kind}_contacto"
    if key is None:
        return int(work.insert(table, **{f"{kind}_id": owner}, **values))
    work.get(table, key)
    work.update(table, key, **values)
    return key


def delete_contact(work: OperatorTransaction, kind: str, key: int) -> None:
    table = f"{kind}_contacto"
    contact = work.get(table, key)
    work.delete(table, key, detail=f"{contact['nombre']} {contact['valor']}")
