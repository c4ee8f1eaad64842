"""Invented documents to design with, in every language."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from emailketing.common.document import Document
from emailketing.common.plain import Entry
from emailketing.content.declared import sample_brought
from emailketing.content.samples.changes import change
from emailketing.content.samples.greetings import greeting
from emailketing.content.samples.orders import is_quotation, order_or_quotation
from emailketing.content.samples.own_people import alert, morning_list
from emailketing.content.samples.payments import CUSTOMER, collection, empty, payment_order
from emailketing.content.samples.reports import of_a_report, report

__all__ = ["is_quotation", "sample_data", "sample_document"]
# kind of document → what makes one in a language; for others a connector may bring one, and what
# nobody knows is an order or a quotation
MAKERS: dict[str, Callable[[str], Document | Entry]] = {
    "alert": alert,
    "morning_list": morning_list,
    "payment_order": payment_order,
    "collection": collection,
    "change": change,
    "greeting": greeting,
    "report": of_a_report,
}


def sample_document(document_type: str, language: str) -> Any:
    """Return an invented document in the shape every connector gives."""
    if make := MAKERS.get(document_type):
        return make(language)
    brought = sample_brought(document_type, language)
    if brought is None:
        return order_or_quotation(document_type, language)
    said = brought.get("party")
    party = {**CUSTOMER, **(said if isinstance(said, Mapping) else {}), "language": language}
    return {"type": document_type, "key": "17", **empty(), **brought, "party": party}


def sample_data(document_type: str, language: str) -> dict[str, Any]:
    """Return everything a template may name: document, company, event, recipient and more."""
    document = sample_document(document_type, language)
    told = {name: value for name, value in document.items() if not isinstance(value, list)}
    told |= {"link": "", "actor": "mgomez", "at": "2026-11-24T14:05:00-03:00"}
    return {
        "document": document,
        "before": {},
        "event": {"actor": "mgomez", "at": "2026-11-24T14:05:00-03:00"},
        "company": deepcopy(COMPANY),
        "recipient": {"name": "Rosa Benítez", "language": language, **OF_A_DAY},
        "reminder": {"days": 7, "number": 1, "of": 3},
        "documents": [told, told],
        "count": 2,
        "report": report(language) if document_type == "report" else {},
    }


# what an occasion tells of a person; it is the recipient's own day
OF_A_DAY = {"of": "", "years": 7, "day": "2026-12-08"}
COMPANY = {
    "name": "Estación Ñu Guasu S.A.",
    "tax_id": "80098765-4",
    "country": "PY",
    "address": "Ruta PY02 km 22, Ypacaraí",
    "phone": "+595 21 555 100",
    "email": "compras@nuguasu.example",
    "website": "www.nuguasu.example",
    "currency": "PYG",
    "time_zone": "America/Asuncion",
}
