"""The words on paper: what layouts call things, in the language that is active."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from emailketing.content.declared import labels_brought


def layout_labels(sign: str) -> dict[str, str]:
    """Return every label in the active language; `sign` stands before an amount."""
    theirs = labels_brought((get_language() or "es")[:2])
    return {**theirs, **_usual(), **_payments(), **_closings(), "sign": sign}


def _usual() -> dict[str, str]:
    return {
        "purchase_order": _("Purchase order"),
        "purchase_order_changed": _("Changed purchase order"),
        "version": _("version {number}"),
        "quotation": _("Quotation"),
        "number": _("No."),
        "date": _("Date"),
        "delivery_date": _("Delivery date"),
        "valid_until": _("Valid until"),
        "terms": _("Payment terms"),
        "currency": _("Currency"),
        "issuer": _("Issued by"),
        "supplier": _("Supplier"),
        "customer": _("Customer"),
        "phone": _("Phone"),
        "code": _("Code"),
        "description": _("Description"),
        "quantity": _("Quantity"),
        "unit": _("Unit"),
        "unit_price": _("Unit price"),
        "amount": _("Amount"),
        "subtotal": _("Subtotal"),
        "carried": _("Carried forward:"),
        "total": _("Total"),
        "notes": _("Notes"),
        "authorised": _("Authorised by"),
        "received": _("Received by the supplier"),
        "accepted": _("Accepted by the customer"),
        "name_date": _("Name, signature and date"),
        "page": _("Page {n} of {m}"),
        "continued": _("continued"),
        "no_lines": _("This document has no lines."),
        "replaces": _("This order replaces the one sent on {day}."),
        "validity": _("These prices hold until {day}."),
    }


def _payments() -> dict[str, str]:
    return {
        "payment_order": _("Payment order"),
        "receipt": _("Receipt"),
        "pay_to": _("Pay to"),
        "received_from": _("Received from"),
        "pay_date": _("Payment date"),
        "rate": _("Exchange rate"),
        "branch": _("Branch"),
        "invoices_paid": _("Invoices this order pays"),
        "invoices_settled": _("Invoices this payment settles"),
        "invoice": _("Invoice"),
        "due_date": _("Due date"),
        "invoice_total": _("Invoice total"),
        "paid": _("Paid now"),
        "settles": _("Applied"),
        "balance": _("Balance left"),
        "withholdings": _("Withholdings"),
        "voucher": _("Voucher"),
        "base": _("Base"),
        "withheld": _("Withheld"),
        "net": _("Net to pay"),
        "settled": _("Total settled"),
        "means": _("Means of payment"),
        "means_one": _("Means"),
        "bank": _("Bank"),
        "account": _("Account"),
        "cheque_number": _("Number"),
        "advance": _("Advance"),
        "applied": _("Applied to invoices"),
        "received_total": _("Total received"),
        "in_words": _("In words:"),
        "received_in_full": _("Received in full"),
        "sign_name": _("Name"),
        "sign_document": _("Identity card"),
        "sign_date": _("Date"),
        "prepared_by": _("Prepared by"),
        "cashier": _("Received by"),
        "for_company": _("For the company"),
        "no_invoices": _("No invoice: the whole payment is an advance."),
    }


def _closings() -> dict[str, str]:
    return {
        "cash_closing": _("Cash closing"),
        "till": _("Till"),
        "shift": _("Shift"),
        "cashier": _("Cashier"),
        "opened": _("Opened"),
        "closed": _("Closed"),
        "opening": _("Opening"),
        "income": _("Income"),
        "outgo": _("Outgo"),
        "expected": _("Expected"),
        "counted": _("Counted"),
        "difference": _("Difference"),
        "no_difference": _("No difference"),
        "missing": _("{amount} missing"),
        "surplus": _("{amount} too much"),
        "by_means": _("By means of payment"),
        "outgoes": _("Expenses and withdrawals"),
        "concept": _("Concept"),
        "cashier_signs": _("Handed over by the cashier"),
        "treasury_signs": _("Received by the treasury"),
    }
