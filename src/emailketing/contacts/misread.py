"""Phones and e-mails that nobody understands as they are written: never cut, never guessed (M3)."""

from django.db.models import QuerySet

from emailketing.contacts.models import Address


def misread() -> QuerySet[Address]:
    """Return the addresses that cannot be used, of people who are active."""
    rows = Address.objects.filter(problem__gt="", contact__is_active=True)
    return rows.select_related("contact")


def phones_first(rows: QuerySet[Address]) -> QuerySet[Address]:
    return rows.order_by("-kind", "contact__name", "position")
