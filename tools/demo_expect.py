"""Who must hear of an act of the demo's day, found out from the company's own tables.

Nothing here asks how the product finds people: contacts by their use, colleagues by their post,
the driver of the vehicle; only the rule says by which way it writes.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text
from tools.demo_setup import ROLES

from emailketing.triggers.notifications.models import Rule

Place = tuple[str, str]  # channel, address
# act → the name of our process, and how the business calls it
PROCESSES = {
    "orden_compra": ("purchase_order", "Orden de compra"),
    # only what was written about is taken back: orders of the past stay silent
    "orden_modificada": ("purchase_order_changed", "Orden de compra"),
    "orden_anulada": ("purchase_order_cancelled", "Orden de compra"),
    "presupuesto": ("quotation", "Presupuesto"),
    "orden_pago": ("payment_order", "Orden de pago"),
    "cobro": ("collection", "Cobro"),
    "cierre_caja": ("cash_closing", "Cierre de caja"),
    "cierre_ventas": ("sales_closing", "Cierre de ventas"),
    "venta_vehiculo": ("fuelling", "Venta a vehículo"),
    "modificacion": ("record_changed", "Modificación"),
    "eliminacion": ("record_deleted", "Eliminación"),
}
NINE = tuple(dict.fromkeys(label for _process, label in PROCESSES.values()))
# whose contacts a process writes to
PARTIES = {
    "purchase_order": ("proveedor", "SELECT proveedor_id FROM orden_compra WHERE id = :key"),
    "payment_order": ("proveedor", "SELECT proveedor_id FROM orden_pago WHERE id = :key"),
    "quotation": ("cliente", "SELECT cliente_id FROM presupuesto WHERE id = :key"),
    "collection": ("cliente", "SELECT cliente_id FROM cobro WHERE id = :key"),
    "fuelling": (
        "cliente",
        "SELECT v.cliente_id FROM venta_combustible f JOIN vehiculo v ON v.id = f.vehiculo_id "
        "WHERE f.id = :key",
    ),
}
OVER_LIMIT = """
SELECT sum(o.litros) > v.limite_litros FROM venta_combustible f
JOIN vehiculo v ON v.id = f.vehiculo_id
JOIN venta_combustible o ON o.vehiculo_id = v.id AND o.hora <= f.hora AND o.id <= f.id
    AND strftime('%Y%m', o.hora) = strftime('%Y%m', f.hora)
WHERE f.id = :key GROUP BY v.id
"""
DRIVER = """
SELECT v.chofer_email, v.chofer_telefono FROM venta_combustible f
JOIN vehiculo v ON v.id = f.vehiculo_id WHERE f.id = :key
"""


@dataclass(frozen=True)
class Wish:
    """What an act must cause: this rule writes to exactly these places."""

    rule: Rule
    places: frozenset[Place]


def wish_of(act: Mapping[str, Any], company: Connection) -> Wish | None:
    """Return what must come of an act; None where there is no active rule for it."""
    process = PROCESSES[act["act"]][0]
    rules = Rule.objects.filter(process=process, is_active=True).order_by("pk")
    if process == "fuelling":
        over = bool(company.execute(text(OVER_LIMIT), {"key": act["key"]}).scalar())
        rules = rules.filter(ready_made="fuelling_over_limit" if over else "fuelling")
    else:
        rules = rules.filter(ready_made=process)
    rule = rules.first()
    if rule is None:
        return None
    places = [p for wanted in rule.recipients for p in _places(rule, wanted, act, company)]
    if not places and rule.fallback:
        places = _places(rule, rule.fallback, act, company)
    return Wish(rule, frozenset(places))


def _places(
    rule: Rule, wanted: Mapping[str, Any], act: Mapping[str, Any], company: Connection
) -> list[Place]:
    kind = wanted["kind"]
    if kind == "party":
        owner, query = PARTIES[rule.process.removesuffix("_changed").removesuffix("_cancelled")]
        key = company.execute(text(query), {"key": act["key"]}).scalar_one()
        return _ways(rule, *_contacts(company, owner, key, str(wanted.get("usage", ""))))
    if kind == "role":
        return [place for one in _staff(rule, wanted, company) for place in one]
    if kind == "field":
        email, phone = company.execute(text(DRIVER), {"key": act["key"]}).one()
        value = {"driver.email": email, "driver.phone": phone}[wanted["path"]]
        channel = "sms" if wanted["path"] == "driver.phone" else "email"
        return [(channel, e164(value) if channel == "sms" else value)] if value else []
    raise LookupError(kind)


def _contacts(company: Connection, owner: str, key: int, usage: str) -> tuple[list[str], list[str]]:
    """Return e-mails and phones for this use, else the general ones, else the first."""
    query = f"SELECT tipo, valor, uso FROM {owner}_contacto WHERE {owner}_id = :key ORDER BY id"  # noqa: S608
    rows = company.execute(text(query), {"key": key}).all()
    found = []
    for kind in ("email", "telefono"):
        ours = [row for row in rows if row.tipo == kind]
        choices = ([r for r in ours if r.uso == wish] for wish in (usage, "general"))
        found.append([row.valor for row in next(filter(None, choices), ours[:1])])
    return found[0], [e164(phone) for phone in found[1]]


def _staff(rule: Rule, wanted: Mapping[str, Any], company: Connection) -> Iterable[list[Place]]:
    from emailketing.contacts.models import Role

    post = ROLES[Role.objects.get(pk=wanted["role"]).name]
    query = text("SELECT email, telefono FROM usuario WHERE cargo = :post AND activo = 1")
    for email, phone in company.execute(query, {"post": post}):
        yield _ways(rule, [email], [e164(phone)])


def _ways(rule: Rule, emails: list[str], phones: list[str]) -> list[Place]:
    by_email = [("email", value) for value in emails]
    by_phone = [("sms", value) for value in phones]
    return {
        "email": by_email,
        "phone": by_phone,
        "both": by_email + by_phone,
        "email_first": by_email or by_phone,
        "phone_first": by_phone or by_email,
    }[rule.delivery]


def e164(phone: str) -> str:
    digits = re.sub(r"\D", "", phone)
    return f"+595{digits[1:]}" if digits.startswith("0") else f"+{digits}"
