"""A day with the program, as data: what somebody does, who is told of it, and who is not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.legacy.program import (
    ORDER,
    PAYMENT,
    QUOTATION,
    Line,
    Paper,
    Place,
    Program,
    Steps,
    at_once,
)

ACERO_1, ACERO_2 = "ventas@acero.example", "pedidos@acero-del-este.example"
CAJA_1, CAJA_2 = "cobranzas@acero.example", "caja@acero-del-este.example"
CLIENT_1, CLIENT_2 = "obras@constructora.example", "taller@vecino.example"
MANAGER, BUYER = "gerencia@ita.example", "compras@ita.example"
ACERO, SILENT, CLIENT = "A10", "A99", "A10"

IRON = (Line("VARILLA-8", "12.5", "1501.125"), Line("CEMENTO", "3", "62000"))
MORE_IRON = (Line("VARILLA-8", "20", "1501.125"), IRON[1])
DEARER_IRON = (Line("VARILLA-8", "20", "1501.126"), IRON[1])
INVOICES = (Line("FACTURA", "1", "350000", "001-001-0000123"),)

OLD_DRAFT = Place("01", "01", ORDER, 90)
OLD_ORDER = Place("01", "01", ORDER, 91)
HERE, BRANCH = Place("01", "01", ORDER, 1), Place("01", "02", ORDER, 1)
OTHER, OTHER_BRANCH = Place("02", "01", ORDER, 1), Place("02", "02", ORDER, 1)
SECOND, THIRD = Place("01", "01", ORDER, 2), Place("01", "01", ORDER, 3)
NEXT = Place("02", "01", ORDER, 2)
QUOTE_1, QUOTE_2 = Place("01", "01", QUOTATION, 1), Place("02", "01", QUOTATION, 1)
PAY_1, PAY_2 = Place("01", "01", PAYMENT, 1), Place("02", "01", PAYMENT, 1)
GUID = "5f3c1b9e-7d3a-4a0e-9b44-2f1f5b0a7c11"

Told = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Act:
    """What happens before the worker looks, and what must have arrived afterwards, exactly."""

    what: str
    do: Callable[[Program], Iterable[Steps]]
    told: Told = ()
    together: bool = False  # a commit of one, a commit of the other


def paper(lines: tuple[Line, ...] = IRON, **more: str) -> Paper:
    return Paper(more.pop("entidad", ACERO), lines, **more)


def before_we_came(program: Program) -> None:
    """What had been there for years when the source was attached."""
    for empresa, orders, money in (("01", ACERO_1, CAJA_1), ("02", ACERO_2, CAJA_2)):
        supplier = {"Nombre": f"Acero {empresa} S.A.", "ruc": "80000010-1"}
        at_once(
            program.party("Proveedor", empresa, ACERO, fax=orders, observacion=money, **supplier),
            program.party("Proveedor", empresa, SILENT, fax="021 555 099", Nombre="Arena S.R.L."),
            program.party(
                "CLIENTE",
                empresa,
                CLIENT,
                Nombre=f"Cliente {empresa}",
                direccion2=CLIENT_1 if empresa == "01" else CLIENT_2,
            ),
            program.article(empresa, "VARILLA-8", "Varilla de 8 mm", "1501.125"),
            program.article(empresa, "CEMENTO", "Cemento", "62000"),
        )
    at_once(
        program.new(OLD_DRAFT, paper()),
        program.new(OLD_ORDER, paper()),
        program.confirm(OLD_ORDER),
    )


DAY = (
    Act("an order is saved and not confirmed", lambda p: [p.new(HERE, paper())]),
    Act(
        "it is saved again, equal, and printed",
        lambda p: [p.save(HERE, paper()), p.print_out(HERE)],
    ),
    Act("it is confirmed", lambda p: [p.confirm(HERE)], ((ACERO_1, "Orden de compra 01-1"),)),
    Act(
        "it is printed twice, goods arrive, the log grows",
        lambda p: [p.print_out(HERE), p.print_out(HERE), p.receive(HERE, 1, "4"), p.log("X", "?")],
    ),
    Act("a confirmed order is saved again with equal lines", lambda p: [p.save(HERE, paper())]),
    Act(
        "the same number in another branch and another company, saved at the same time",
        lambda p: [p.new(place, paper()) for place in (BRANCH, OTHER, OTHER_BRANCH)],
        together=True,
    ),
    Act(
        "all three are confirmed at the same time: each supplier has its own",
        lambda p: [p.confirm(place) for place in (BRANCH, OTHER, OTHER_BRANCH)],
        (
            (ACERO_1, "Orden de compra 02-1"),
            (ACERO_2, "Orden de compra 01-1"),
            (ACERO_2, "Orden de compra 02-1"),
        ),
        together=True,
    ),
    Act(
        "a quantity of one is changed: nobody hears of the others",
        lambda p: [p.save(OTHER, paper(MORE_IRON))],
        ((ACERO_2, "Cambio en la orden de compra 01-1"),),
    ),
    Act(
        "its price differs in the third decimal only, while another is saved equal",
        lambda p: [p.save(OTHER, paper(DEARER_IRON)), p.save(BRANCH, paper())],
        ((ACERO_2, "Cambio en la orden de compra 01-1"),),
        together=True,
    ),
    Act(
        "one is annulled after it was told",
        lambda p: [p.annul(BRANCH)],
        ((ACERO_1, "Orden de compra 02-1 anulada"),),
    ),
    Act(
        "an annulled order is saved and printed",
        lambda p: [p.save(BRANCH, paper()), p.print_out(BRANCH)],
    ),
    Act(
        "one is made, confirmed and annulled before anybody looks",
        lambda p: [p.new(SECOND, paper()), p.confirm(SECOND), p.annul(SECOND)],
    ),
    Act(
        "an order of a supplier without an address is saved",
        lambda p: [p.new(THIRD, paper(entidad=SILENT))],
    ),
    Act(
        "it is confirmed: the buyers know",
        lambda p: [p.confirm(THIRD)],
        ((BUYER, "[…] Orden de compra 01-3"),),
    ),
    Act(
        "quotations with one number in two companies",
        lambda p: [
            p.new(QUOTE_1, paper()),
            p.confirm(QUOTE_1),
            p.new(QUOTE_2, paper()),
            p.confirm(QUOTE_2),
        ],
        ((CLIENT_1, "Presupuesto 01-1"), (CLIENT_2, "Presupuesto 01-1")),
    ),
    Act(
        "a quotation is annulled, its lines written again",
        lambda p: [p.annul(QUOTE_1), p.save(QUOTE_1, paper())],
    ),
    Act(
        "payments to one code in two companies",
        lambda p: [
            *(p.new(place, paper(INVOICES)) for place in (PAY_1, PAY_2)),
            *(p.confirm(place) for place in (PAY_1, PAY_2)),
        ],
        ((CAJA_1, "Orden de pago 01-1"), (CAJA_2, "Orden de pago 01-1")),
    ),
    Act(
        "goods leave, with the carrier's address in the field for his name",
        lambda p: [p.send_off(GUID, HERE, "Norte <flete@norte.example>")],
        (("flete@norte.example", "Remisión 01-1"),),
    ),
    Act(
        "a price of one company is changed in the third decimal",
        lambda p: [p.reprice("02", "VARILLA-8", "1501.126")],
        ((MANAGER, "Modificado: Artículo VARILLA-8 Varilla de 8 mm"),),
    ),
    Act("a price is saved equal", lambda p: [p.reprice("01", "CEMENTO", "62000")]),
    Act(
        "a supplier of one company moves; his next order goes there",
        lambda p: [p.amend("Proveedor", "02", ACERO, fax="nuevo@acero-del-este.example")],
        ((MANAGER, "Modificado: Proveedor A10 Acero 02 S.A."),),
    ),
    Act(
        "the next order of that supplier",
        lambda p: [p.new(NEXT, paper()), p.confirm(NEXT)],
        (("nuevo@acero-del-este.example", "Orden de compra 01-2"),),
    ),
    Act("an old draft is saved again, equal", lambda p: [p.save(OLD_DRAFT, paper())]),
    Act(
        "an order of before we came is changed: the supplier was not told of it by us",
        lambda p: [p.save(OLD_ORDER, paper(MORE_IRON))],
        ((MANAGER, "Modificado: Comprobante OC 01-91"),),
    ),
    Act(
        "an old draft is deleted, with its lines",
        lambda p: [p.erase(OLD_DRAFT)],
        ((MANAGER, "Eliminado: Comprobante OC 01-90"),),
    ),
    Act(
        "a confirmed order is deleted",
        lambda p: [p.erase(HERE)],
        ((MANAGER, "Eliminado: Comprobante OC 01-1"),),
    ),
    Act(
        "its number is given again, in the same company",
        lambda p: [p.new(HERE, paper(MORE_IRON)), p.confirm(HERE)],
        ((ACERO_1, "Orden de compra 01-1"),),
    ),
    Act("the log is purged at the end of the day", lambda p: [p.purge()]),
)

# the same day with the worker off until the evening: each as it is then, what was taken back is
# told to nobody (of changes of records the manager hears besides)
EVENING: Told = (
    (ACERO_1, "Orden de compra 01-1"),
    ("nuevo@acero-del-este.example", "Orden de compra 01-1"),
    ("nuevo@acero-del-este.example", "Orden de compra 02-1"),
    ("nuevo@acero-del-este.example", "Orden de compra 01-2"),
    (BUYER, "[…] Orden de compra 01-3"),
    (CLIENT_1, "Presupuesto 01-1"),
    (CLIENT_2, "Presupuesto 01-1"),
    (CAJA_1, "Orden de pago 01-1"),
    (CAJA_2, "Orden de pago 01-1"),
    ("flete@norte.example", "Remisión 01-1"),
)
