"""The plain data that templates may name, whatever the reason to write."""

from typing import Any

from emailketing.common.document import Document
from emailketing.common.reading import once
from emailketing.company.models import Company
from emailketing.content.look import BrandLook, default_brand, look_of
from emailketing.events.models import Event


def template_data(document: Document, *, event: Event | None = None) -> dict[str, Any]:
    """Gather what templates may name: document, company, event, before (plain data, S8)."""
    company = Company.get()
    look = once("look of the house", _look_of_the_house)
    return {
        "document": document,
        "before": (event.data.get("before") or {}) if event else {},
        "event": {
            "actor": event.actor if event else "",
            "at": event.occurred_at.isoformat() if event else "",
        },
        "company": {
            "name": company.name or look.name,
            "tax_id": company.tax_id or look.tax_id,
            "country": company.country,
            "address": look.address,
            "phone": look.phone,
            "email": look.email,
            "website": look.website,
            "currency": company.currency,
            "time_zone": company.time_zone,
        },
    }


def _look_of_the_house() -> BrandLook:
    return look_of(default_brand())
