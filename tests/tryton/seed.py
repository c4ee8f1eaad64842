"""Fill an empty Tryton with a small Paraguayan service station: run by Tryton's own Python.

usage: seed.py DATABASE CONFIGURATION

People and companies are invented; addresses use reserved domains.
"""

import datetime
import sys
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from proteus import Model, config

EMPLOYEES = {"ana": "Ana Benítez", "bruno": "Bruno Cáceres"}
# name, RUC, language, (address, sequence, name, invoice?, delivery?)…
SUPPLIERS: list[tuple[str, str, str | None, list[tuple[str, int, str, bool, bool]]]] = [
    (
        "Distribuidora Ñandutí S.A.",
        "80012345-0",
        "es",
        [
            ("pagos@nanduti.test", 1, "Pagos", True, False),
            ("ventas@nanduti.test", 2, "Rocío Giménez", False, False),
            ("deposito@nanduti.test", 3, "Depósito", False, True),
        ],
    ),
    (
        "Atlântico Peças Ltda.",
        "80023456-1",
        "pt",
        [("encomendas@atlantico.test", 1, "João Araújo", False, False)],
    ),
    ("Northern Tools Inc.", "80034567-3", "en", [("orders@northern.test", 1, "", False, False)]),
    ("Ferretería Sin Correo", "80045678-5", "es", []),
]
CUSTOMERS: list[tuple[str, str, str | None, list[tuple[str, int, str, bool, bool]]]] = [
    (
        "Transportes del Chaco S.A.",
        "80056789-7",
        "es",
        [
            ("compras@chaco.test", 1, "Lourdes Ayala", False, False),
            ("facturas@chaco.test", 2, "Facturas", True, False),
        ],
    ),
    (
        "Cooperativa Yvytú",
        "80067890-7",
        None,
        [("gerencia@yvytu.test", 1, "", False, False)],
    ),
]
PRODUCTS = [  # code, name, unit, purchase price, sale price, tax
    ("C-001", "Diésel tipo III", "Liter", "6950", "7690", "IVA 10%"),
    ("L-015", "Aceite 15W40 × 4 L", "Unit", "142500.5", "189000", "IVA 10%"),
    ("S-003", "Yerba mate 500 g", "Unit", "11250.25", "14900", "IVA 5%"),
]
ZONE = "America/Asuncion"


def one(model: str, *domain: Any) -> Any:
    return next(iter(Model.get(model).find(list(domain), limit=1)), None)


def currencies() -> Any:
    currency = Model.get("currency.currency")
    guarani = currency(name="Guaraní", code="PYG", symbol="Gs.", rounding=Decimal(1), digits=0)
    guarani.rates.new(date=datetime.date(2020, 1, 1), rate=Decimal(1))
    guarani.save()
    dollar = currency(name="Dólar", code="USD", symbol="US$", rounding=Decimal("0.01"), digits=2)
    dollar.rates.new(date=datetime.date(2020, 1, 1), rate=Decimal("0.000137"))
    dollar.save()
    return guarani


def accounting(session: Any) -> dict[str, Any]:
    """Make the company, its chart, fiscal year and taxes; return the accounts."""
    from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, get_accounts
    from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences
    from trytond.modules.company.tests.tools import create_company, get_company

    owner = party("Estación del Sur S.A.", "80011223-7", None, [])
    create_company(party=owner, currency=currencies(), config=session)
    company = get_company()
    company.timezone = ZONE  # its day is not the server's from nine in the evening on
    company.save()
    create_chart()
    here = datetime.datetime.now(tz=ZoneInfo(ZONE))  # noqa: TID251 - the ERP has its own clock
    year = create_fiscalyear(today=here.date())
    set_fiscalyear_invoice_sequences(year).click("create_period")
    accounts: dict[str, Any] = get_accounts()
    taxes(accounts["tax"])
    term = Model.get("account.invoice.payment_term")(name="Crédito 30 días")
    term.lines.new(type="remainder").relativedeltas.new(days=30)
    term.save()
    return accounts


def taxes(account: Any) -> None:
    """Two rates, one amount for each unit, and a group of both kinds."""
    group = tax("Combustibles", account, type="none")
    tax("IVA 10%", account, rate=Decimal("0.10"))
    tax("IVA 5%", account, rate=Decimal("0.05"))
    tax("Tasa ambiental", account, type="fixed", amount=Decimal("25.5"))
    tax("Combustibles: selectivo", account, rate=Decimal("0.038"), parent=group)
    tax("Combustibles: tasa", account, type="fixed", amount=Decimal("17.25"), parent=group)


def tax(name: str, account: Any, **values: Any) -> Any:
    record = Model.get("account.tax")(name=name, description=name)
    record.type = values.pop("type", "percentage")
    if record.type != "none":
        record.invoice_account = record.credit_note_account = account
    for field, value in values.items():
        setattr(record, field, value)
    record.save()
    return record


def party(
    name: str, ruc: str, language: str | None, mails: list[tuple[str, int, str, bool, bool]]
) -> Any:
    record = Model.get("party.party")(name=name)
    if language:
        record.lang = one("ir.lang", ("code", "=", language))
    record.identifiers.new(type="py_vat", code=ruc)
    address = record.addresses[0] if record.addresses else record.addresses.new()
    address.street_unstructured = "Avda. Mariscal López 1234"
    address.city = "Asunción"
    record.contact_mechanisms.new(type="mobile", value="+595 981 555 010", sequence=9)
    for value, sequence, person, invoice, delivery in mails:
        mail = record.contact_mechanisms.new(type="email", value=value, sequence=sequence)
        mail.name, mail.invoice, mail.delivery = person, invoice, delivery
    record.save()
    return record


def products(accounts: dict[str, Any]) -> None:
    for code, name, unit, cost, price, tax_name in PRODUCTS:
        category = Model.get("product.category")(name=f"Cuentas {code}", accounting=True)
        category.account_expense = accounts["expense"]
        category.account_revenue = accounts["revenue"]
        for side in (category.customer_taxes, category.supplier_taxes):
            side.append(one("account.tax", ("name", "=", tax_name)))
        category.save()
        template = Model.get("product.template")(name=name, type="goods")
        template.default_uom = one("product.uom", ("name", "=", unit))
        template.purchasable = template.salable = True
        template.list_price = Decimal(price)
        template.account_category = category
        (product,) = template.products
        product.suffix_code = code
        product.cost_price = Decimal(cost)
        template.save()


def treasury(accounts: dict[str, Any]) -> None:
    """Make a way to pay suppliers, and the till whose closings are statements."""
    transfers = Model.get("account.payment.journal")(name="Transferencias Banco Itá")
    transfers.process_method = "manual"
    transfers.save()
    journal = one("account.journal", ("code", "=", "STA"))
    till = Model.get("account.statement.journal")(name="Caja 1", journal=journal)
    till.account, till.validation = accounts["cash"], "balance"
    till.save()


def people() -> None:
    """Make the employees who sign in: everything they save carries their name."""
    for login, name in EMPLOYEES.items():
        person = Model.get("party.party")(name=name)
        person.save()
        company = one("company.company")
        employee = Model.get("company.employee")(party=person, company=company)
        employee.save()
        user = Model.get("res.user")(name=name, login=login)
        user.companies.append(one("company.company"))
        user.company = company
        user.employees.append(one("company.employee", ("id", "=", employee.id)))
        user.employee = employee
        user.groups.extend(Model.get("res.group").find([]))
        user.save()


def main(database: str, configuration: str) -> None:
    session = config.set_trytond(database=database, user="admin", config_file=configuration)
    language = Model.get("ir.lang")
    for code in ("es", "pt"):
        (record,) = language.find([("code", "=", code)])
        record.translatable = True
        record.save()
    accounts = accounting(session)
    session._context = Model.get("res.user").get_preferences(True, {})
    for who in SUPPLIERS + CUSTOMERS:
        party(*who)
    products(accounts)
    treasury(accounts)
    people()


if __name__ == "__main__":
    main(*sys.argv[1:])
