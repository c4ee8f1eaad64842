"""Phones and e-mails that nobody understands as they are written: never cut, never guessed (M3)."""

from django.db.models import QuerySet

from emailketing.common.email_address import emails
from emailketing.company.models import Company
from emailketing.contacts.models import Address
from emailketing.contacts.phone import PhoneInvalid, phone


def misread() -> QuerySet[Address]:
    """Return the addresses that cannot be used, of people who are active."""
    rows = Address.objects.filter(problem__gt="", contact__is_active=True)
    return rows.select_related("contact")


def phones_first(rows: QuerySet[Address]) -> QuerySet[Address]:
    return rows.order_by("-kind", "contact__name", "position")


def why_misread(address: Address) -> str:
    """Say in the active language what is wrong: the sentence was kept in the company's.

    What is understood by now, since the country or our reading has changed, keeps its sentence
    until its source is read again.
    """
    if not address.problem:
        return ""
    if address.kind == Address.Kind.EMAIL:
        return next((one.problem for one in emails(address.value) if one.problem), address.problem)
    try:
        phone(address.value, Company.get().country)
    except PhoneInvalid as error:
        return str(error)
    return address.problem
