"""An operator at Tryton's own client (proteus), told what to do by JSON lines.

Run by Tryton's own Python, never imported by the tests: another program, another environment.

usage: erp_operator.py DATABASE CONFIGURATION LOGIN
in:    {"do": "order", "kind": "purchase", "party": "…", "lines": [["C-001", 100, "6950"]], …}
out:   {"done": {…}}  or  {"refused": "why"}
"""

import datetime
import json
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from proteus import Model, config

MODELS = {"purchase": "purchase.purchase", "sale": "sale.sale"}


def one(model: str, *domain: Any) -> Any:
    (record,) = Model.get(model).find(list(domain), limit=1)
    return record


def today() -> datetime.date:
    here = ZoneInfo("America/Asuncion")  # as the seed says of the company
    return datetime.datetime.now(tz=here).date()  # noqa: TID251 - the ERP has its own clock


def get(kind: str, key: int) -> Any:
    return Model.get(MODELS[kind])(key)


def facts(kind: str, id: int) -> dict[str, Any]:  # noqa: A002
    """Return what the ERP itself shows: the figures that the mail and the PDF must repeat."""
    record = get(kind, id)
    return {
        "kind": kind,
        "id": record.id,
        "number": record.number,
        "state": record.state,
        "party": record.party.name,
        "currency": record.currency.code,
        "untaxed": str(record.untaxed_amount),
        "tax": str(record.tax_amount),
        "total": str(record.total_amount),
        "lines": [
            {
                "product": line.product.name if line.product else None,
                "quantity": line.quantity,
                "unit_price": str(line.unit_price),
                "amount": str(line.amount),
            }
            for line in record.lines
            if line.type == "line"
        ],
    }


def new_order(
    kind: str,
    party: str,
    lines: list[list[Any]],
    currency: str = "",
    comment: str = "",
    invoice_method: str = "order",
) -> Any:
    record = Model.get(MODELS[kind])()
    record.party = one("party.party", ("name", "=", party))
    record.payment_term = one("account.invoice.payment_term")
    if currency:
        record.currency = one("currency.currency", ("code", "=", currency))
    record.comment = comment
    record.invoice_method = invoice_method
    for code, quantity, price, *taxes in lines:
        line = record.lines.new()
        line.product = one("product.product", ("code", "=", code))
        line.quantity = quantity
        if taxes:
            while line.taxes:
                line.taxes.pop()
            line.taxes.extend(Model.get("account.tax").find([("name", "in", taxes)]))
        line.unit_price = Decimal(price)  # last: Tryton proposes a price at each other change
    record.save()
    return record


def order(kind: str, until: str = "draft", **values: Any) -> dict[str, Any]:
    """Enter an order and carry it to the state, one click after the other."""
    record = new_order(kind, **values)
    for state, button in (("quotation", "quote"), ("confirmed", "confirm")):
        if until == "draft":
            break
        record.click(button)
        if until == state:
            break
    return facts(kind, record.id)


def many(kind: str, count: int, **values: Any) -> dict[str, Any]:
    """Enter an order, copy it, and ask for quotations of all in one go."""
    first = new_order(kind, **values)
    copies = first._proxy.copy([first.id] * (count - 1), first._context)
    records = [first, *(get(kind, key) for key in copies)]
    Model.get(MODELS[kind]).click(records, "quote")
    return {"ids": [record.id for record in records]}


def press(kind: str, ids: list[int], button: str) -> dict[str, Any]:
    """Press a button on each record, one transaction each; say when each was committed."""
    committed = {}
    for key in ids:
        get(kind, key).click(button)
        committed[key] = time.time()
    return {"committed": committed}


def change(kind: str, id: int, **values: Any) -> dict[str, Any]:  # noqa: A002
    """Open a record, change some fields, save it."""
    record = get(kind, id)
    for field, value in values.items():
        setattr(record, field, value)
    record.save()
    return facts(kind, id)


def touch(kind: str, id: int) -> dict[str, Any]:  # noqa: A002
    """Save a record with the values it has: Tryton writes write_date and write_uid only."""
    record = get(kind, id)
    record._proxy.write([id], {"reference": record.reference}, record._context)
    return facts(kind, id)


def undo(kind: str, id: int, buttons: list[str]) -> dict[str, Any]:  # noqa: A002
    """Press buttons in one transaction of the server, which then fails and is rolled back."""
    from trytond.pool import Pool
    from trytond.transaction import Transaction

    session = config.get_config()
    with Transaction().start(session.database_name, session.user, context=session.context) as work:
        model = Pool().get(MODELS[kind])
        for button in buttons:
            getattr(model, button)(model.browse([id]))
        state = model(id).state
        work.rollback()
    return {"state": state}


def remove(kind: str, id: int) -> dict[str, Any]:  # noqa: A002
    record = get(kind, id)
    if record.state != "draft":
        record.click("draft")
    record.click("cancel")
    record.delete()
    return {}


def contact(party: str, old: str, new: str) -> dict[str, Any]:
    """Change an e-mail address of a party."""
    mechanism = one("party.contact_mechanism", ("party.name", "=", party), ("value", "=", old))
    mechanism.value = new
    mechanism.save()
    return {}


def round_taxes(per: str) -> dict[str, Any]:
    """Set whether taxes are rounded per document or per line."""
    settings = Model.get("account.configuration")(1)
    settings.tax_rounding = per
    settings.save()
    return {}


def pay(party: str, amount: str, invoice: str = "") -> dict[str, Any]:
    """Enter a supplier's invoice and a payment of it, and approve the payment."""
    bill = Model.get("account.invoice")(type="in")
    bill.party = one("party.party", ("name", "=", party))
    bill.payment_term = one("account.invoice.payment_term")
    bill.reference = invoice
    bill.invoice_date = today()
    line = bill.lines.new()
    line.account = one("account.account", ("type.expense", "=", True), ("closed", "=", False))
    line.quantity, line.unit_price, line.description = 1, Decimal(amount), "Mercaderías"
    bill.save()
    bill.click("post")
    payment = Model.get("account.payment")(kind="payable")
    payment.journal = one("account.payment.journal")
    payment.party = bill.party
    payment.date = today()
    (payment.line,) = [due for due in bill.lines_to_pay if not due.reconciliation]
    payment.amount = Decimal(amount)
    payment.save()
    payment.click("submit")
    payment.click("approve")
    return {"id": payment.id, "number": payment.number, "state": payment.state}


def bill(party: str, amount: str) -> dict[str, Any]:
    """Enter a customer's invoice and post it."""
    invoice = Model.get("account.invoice")(type="out")
    invoice.party = one("party.party", ("name", "=", party))
    invoice.payment_term = one("account.invoice.payment_term")
    invoice.invoice_date = today()
    line = invoice.lines.new()
    line.account = one("account.account", ("type.revenue", "=", True), ("closed", "=", False))
    line.quantity, line.unit_price, line.description = 1, Decimal(amount), "Flete"
    invoice.save()
    invoice.click("post")
    return {"total": str(invoice.total_amount)}


def count_stock(code: str, quantity: float) -> dict[str, Any]:
    """Enter what was counted in the first warehouse."""
    inventory = Model.get("stock.inventory")()
    inventory.location = one("stock.location", ("type", "=", "warehouse")).storage_location
    inventory.date = today()
    line = inventory.lines.new()
    line.product, line.quantity = one("product.product", ("code", "=", code)), quantity
    inventory.save()
    inventory.click("confirm")
    return {}


def shown() -> dict[str, Any]:
    """Return the figures that the client shows: result, debts, stock, sales by product."""
    first = today().replace(day=1)
    span = {"from_date": first, "to_date": today(), "posted": False}
    storage = one("stock.location", ("type", "=", "warehouse")).storage_location
    session = config.get_config()
    with session.set_context(span):
        kinds = Model.get("account.account.type").find([("statement", "=", "income")])
        lines = {kind.name: str(kind.amount) for kind in kinds}
    with session.set_context(locations=[storage.id], stock_date_end=today()):
        products = Model.get("product.product").find([("code", "!=", None)])
        stock = {product.code: product.quantity for product in products if product.quantity}
    with session.set_context(span | {"period": "month"}):
        sold = Model.get("sale.reporting.product").find([])
        sales = {one.product.code: str(one.revenue) for one in sold}
    parties = Model.get("party.party").find([])
    debts = {party.name: str(party.receivable) for party in parties if party.receivable}
    return {"lines": lines, "stock": stock, "sales": sales, "debts": debts}


def close_till(name: str, lines: list[list[str]], until: str = "validated") -> dict[str, Any]:
    """Enter a closing: what came in and went out by party, and validate it."""
    statement = Model.get("account.statement")(name=name)
    statement.journal = one("account.statement.journal")
    statement.date = today()
    start = statement.start_balance or Decimal(0)
    for number, party, amount in lines:
        line = statement.lines.new()
        line.number, line.date = number, today()
        line.party = one("party.party", ("name", "=", party))
        line.amount = Decimal(amount)
    statement.start_balance = start
    statement.end_balance = start + sum(Decimal(amount) for _number, _party, amount in lines)
    statement.save()
    if until != "draft":
        statement.click("validate_statement")
    return {
        "id": statement.id,
        "state": statement.state,
        "start": str(statement.start_balance),
        "end": str(statement.end_balance),
        "lines": [line.id for line in statement.lines],
    }


def rename(model: str, name: str, **values: Any) -> dict[str, Any]:
    """Change a record found by its name: a price, a note, whether it is active."""
    record = one(model, ("name", "=", name))
    for field, value in values.items():
        setattr(record, field, Decimal(value) if field.endswith("price") else value)
    record.save()
    return {"id": record.id}


def forget(model: str, name: str) -> dict[str, Any]:
    """Make a party with two addresses to write to, then delete it."""
    record = Model.get(model)(name=name)
    for value in ("uno@borrar.test", "dos@borrar.test"):
        record.contact_mechanisms.new(type="email", value=value)
    record.save()
    key = record.id
    record.delete()
    return {"id": key}


ACTIONS: dict[str, Callable[..., dict[str, Any]]] = {
    action.__name__: action
    for action in (
        facts,
        order,
        many,
        press,
        change,
        touch,
        undo,
        remove,
        contact,
        round_taxes,
        pay,
        bill,
        count_stock,
        shown,
        close_till,
        rename,
        forget,
    )
}


def main(database: str, configuration: str, login: str) -> None:
    session = config.set_trytond(database=database, user=login, config_file=configuration)
    session._context = Model.get("res.user").get_preferences(True, {})
    say({"done": {"login": login}})
    for line in sys.stdin:
        wish = json.loads(line)
        try:
            say({"done": ACTIONS[wish.pop("do")](**wish)})
        except Exception as error:  # noqa: BLE001 - whatever the ERP says is the answer
            say({"refused": f"{type(error).__name__}: {error}"})


def say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
