"""What the system refuses, in sentences an operator understands; nothing is saved then."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from emailketing.demo.amounts import EnteredLine
from emailketing.demo.collect import Collection, Means, collect
from emailketing.demo.database import Database, OperatorTransaction
from emailketing.demo.orders import Order, annul_order, confirm_order, receive_order, save_order
from emailketing.demo.payments import Payment, issue_payment
from emailketing.demo.people import delete_contact, delete_person, save_contact, save_person
from emailketing.demo.products import change_price
from emailketing.demo.quotations import Quotation, accept_quotation, issue_quotation, save_quotation
from emailketing.demo.refused import Refused
from emailketing.demo.sales import Refuelling, Sale, refuel, sell
from emailketing.demo.tills import close_till, open_till
from tests.demo.conftest import NOW

TODAY = NOW.date()
GOODS = [EnteredLine(20, Decimal(2), Decimal(10_000))]
FLEET = 1


def order(**changes: Any) -> Order:
    return replace(Order(supplier=2, branch=1, lines=GOODS), **changes)


def payment(work: OperatorTransaction, **changes: Any) -> Payment:
    invoices = work.tables["factura_compra"]
    owed = (invoices.c.estado == "pendiente") & (invoices.c.moneda == "PYG")
    invoice = work.rows(select(invoices).where(owed).order_by(invoices.c.id))[0]
    whole = Payment(
        supplier=invoice["proveedor_id"],
        branch=1,
        invoices={invoice["id"]: invoice["saldo"]},
        means="cheque",
        bank="Banco Tajy",
        number="1",
        pay_on=TODAY,
    )
    return replace(whole, **changes)


def vehicle_of(work: OperatorTransaction, fuel: int) -> int:
    vehicles = work.tables["vehiculo"]
    return int(work.value(select(vehicles.c.id).where(vehicles.c.producto_id == fuel).limit(1)))


MISTAKES: dict[str, tuple[Callable[[OperatorTransaction], object], str]] = {
    "order without lines": (
        lambda w: save_order(w, order(lines=[])),
        "Agregue al menos un producto",
    ),
    "order of nothing": (
        lambda w: save_order(w, order(lines=[EnteredLine(20, Decimal(0), Decimal(1))])),
        "Renglón 1: la cantidad debe ser mayor que cero",
    ),
    "order for yesterday": (
        lambda w: save_order(w, order(delivery=TODAY - timedelta(days=1))),
        "La fecha de entrega ya pasó",
    ),
    "order to nobody": (lambda w: save_order(w, order(supplier=999)), "ya no existe"),
    "confirm twice": (
        lambda w: [confirm_order(w, key) for key in [save_order(w, order())] * 2],
        "ya está confirmada",
    ),
    "change a received order": (lambda w: save_order(w, order(), 1), "ya no se puede cambiar"),
    "annul without a reason": (
        lambda w: annul_order(w, save_order(w, order()), reason=" "),
        "Escriba el motivo",
    ),
    "receive a draft": (
        lambda w: receive_order(w, save_order(w, order())),
        "Solo se recibe una orden confirmada",
    ),
    "quotation that is over": (
        lambda w: save_quotation(w, Quotation(1, 1, GOODS, TODAY - timedelta(days=1))),
        "La validez ya pasó",
    ),
    "issue twice": (
        lambda w: [
            issue_quotation(w, key)
            for key in [save_quotation(w, Quotation(1, 1, GOODS, TODAY))] * 2
        ],
        "ya está emitido",
    ),
    "accept a draft": (
        lambda w: accept_quotation(w, save_quotation(w, Quotation(1, 1, GOODS, TODAY))),
        "Solo se acepta un presupuesto emitido",
    ),
    "price with cents": (lambda w: change_price(w, 20, Decimal("99999.5")), "número entero"),
    "price below cost": (lambda w: change_price(w, 20, Decimal(1)), "menor o igual que el costo"),
    "same price": (
        lambda w: change_price(w, 20, Decimal(w.get("producto", 20)["precio"])),
        "el mismo que antes",
    ),
    "wrong RUC": (
        lambda w: save_person(
            w, "cliente", 1, {"razon_social": "X", "ruc": "80012345-1", "idioma": "es"}
        ),
        "El RUC no es correcto",
    ),
    "wrong address": (
        lambda w: save_contact(
            w, "cliente", 1, {"nombre": "X", "tipo": "email", "valor": "x@y", "uso": "pagos"}
        ),
        "El correo no está bien escrito",
    ),
    "delete who has documents": (lambda w: delete_person(w, "cliente", FLEET), "tiene documentos"),
    "credit to a walk-in": (
        lambda w: sell(w, Sale(branch=1, lines=GOODS)),
        "El consumidor final paga al contado",
    ),
    "credit without end": (
        lambda w: sell(w, Sale(1, [EnteredLine(1, Decimal(999_999), Decimal(7_000))], FLEET)),
        "supera su límite de crédito",
    ),
    "payments that do not add up": (
        lambda w: sell(w, Sale(1, GOODS, payments={"efectivo": 1})),
        "Los pagos no suman Gs. 20.000",
    ),
    "wrong fuel": (
        lambda w: refuel(w, Refuelling(1, Decimal(10), vehicle_of(w, 3))),
        "usa otro combustible",
    ),
    "odometer backwards": (
        lambda w: refuel(w, Refuelling(3, Decimal(10), vehicle_of(w, 3), odometer=1)),
        "no puede ser menor que el anterior",
    ),
    "collect nothing": (
        lambda w: collect(w, Collection(FLEET, 1, [], {})),
        "Escriba cuánto paga",
    ),
    "cheque without bank": (
        lambda w: collect(w, Collection(FLEET, 1, [Means("cheque", 1_000)], {})),
        "Escriba banco y número",
    ),
    "pay no invoice": (
        lambda w: issue_payment(w, payment(w, invoices={})),
        "Elija al menos una factura",
    ),
    "pay more than owed": (
        lambda w: issue_payment(w, payment(w, invoices={w_first(w): Decimal(10**12)})),
        "se deben Gs.",
    ),
    "pay in the past": (
        lambda w: issue_payment(w, payment(w, pay_on=TODAY - timedelta(days=1))),
        "La fecha de pago ya pasó",
    ),
    "open an open till": (lambda w: open_till(w, 1, shift="mañana", cash=0), "ya está abierta"),
    "close a closed till": (lambda w: close_till(w, 1, counted={}), "ya se cerró"),
}


def w_first(work: OperatorTransaction) -> int:
    return next(iter(payment(work).invoices))


@pytest.mark.parametrize(("act", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_refused_with_a_sentence(
    file_company: Database, act: Callable[[OperatorTransaction], object], sentence: str
) -> None:
    with (
        pytest.raises(Refused) as refused,
        file_company.work(user="lgimenez", now=NOW) as work,
    ):
        act(work)
    assert sentence in str(refused.value)


def test_what_was_refused_left_nothing(company: Database) -> None:
    def counts() -> dict[str, int]:
        with company.look(now=NOW) as work:
            return {
                name: int(work.value(select(func.count()).select_from(table)))
                for name, table in work.tables.items()
            }

    before = counts()
    for act, _ in MISTAKES.values():
        with pytest.raises(Refused), company.work(user="lgimenez", now=NOW) as work:
            act(work)
    assert counts() == before


def test_every_change_bears_who_and_when(company: Database) -> None:
    with company.work(user="dbogarin", now=NOW) as work:
        key = save_order(work, order())
    with company.look(now=NOW) as work:
        saved = work.get("orden_compra", key)
    assert (saved["modificado_por"], saved["modificado_en"]) == ("dbogarin", NOW)
    assert saved["numero"] is None


def test_receiving_fills_the_stock(company: Database) -> None:
    def at_hand() -> Decimal:
        with company.look(now=NOW) as work:
            stock = work.tables["existencia"]
            row = work.rows(select(stock).filter_by(producto_id=20, sucursal_id=1))[0]
            return Decimal(row["cantidad"])

    before = at_hand()
    with company.work(user="dbogarin", now=NOW) as work:
        key = save_order(work, order())
        confirm_order(work, key)
        receive_order(work, key)
    assert at_hand() - before == 2


def test_withholding_is_a_third_of_the_tax_paid(company: Database) -> None:
    with company.work(user="sfleitas", now=NOW) as work:
        wanted = payment(work)
        key = issue_payment(work, wanted)
        saved = work.get("orden_pago", key)
        invoice = work.get("factura_compra", next(iter(wanted.invoices)))
    tax = invoice["iva_10"] + invoice["iva_5"]
    assert abs(saved["retencion"] - tax * Decimal("0.3")) <= 1
    assert saved["neto"] == saved["total"] - saved["retencion"]
    assert (invoice["saldo"], invoice["estado"]) == (0, "pagada")


def test_deleting_a_customer_takes_contacts_along(company: Database) -> None:
    with company.work(user="mrojas", now=NOW) as work:
        key = work.insert(
            "cliente",
            codigo="C9999",
            razon_social="Cliente Nuevo",
            tipo="persona",
            ruc="1234567-9",
            creado_en=NOW,
        )
        values = {"nombre": "X", "tipo": "email", "valor": "x@nuevo.example", "uso": "general"}
        contact = save_contact(work, "cliente", key, values)
    with company.work(user="mrojas", now=NOW) as work:
        delete_person(work, "cliente", key)
    with company.look(now=NOW) as work, pytest.raises(Refused):
        work.get("cliente_contacto", contact)


def test_a_contact_deleted_twice_is_gone_already(company: Database) -> None:
    with company.work(user="mrojas", now=NOW) as work:
        delete_contact(work, "cliente", 1)
    with (
        pytest.raises(Refused, match="ya no existe"),
        company.work(user="mrojas", now=NOW) as work,
    ):
        delete_contact(work, "cliente", 1)


def test_two_operators_never_get_the_same_number(company: Database) -> None:
    numbers = []
    for user in ("lgimenez", "dbogarin") * 3:
        with company.work(user=user, now=NOW) as work:
            numbers.append(confirm_order(work, save_order(work, order(supplier=2))))
    assert len(set(numbers)) == 6


def test_a_person_without_documents_keeps_credit_rules(company: Database) -> None:
    with company.look(now=NOW) as work:
        people = work.tables["cliente"]
        poor = work.rows(select(people).filter_by(plazo_dias=0, tipo="persona"))[0]
    with (
        pytest.raises(Refused, match="no tiene crédito"),
        company.work(user="jcaceres", now=NOW) as work,
    ):
        sell(work, Sale(branch=1, lines=GOODS, customer=poor["id"]))
