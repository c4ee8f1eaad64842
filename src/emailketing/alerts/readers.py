"""Who of our own people hears of it, and through which sender."""

from collections.abc import Iterable

from emailketing.audience.own_people import administrators
from emailketing.contacts.models import Address, Contact, Role
from emailketing.outbox.queueing.request import Recipient

# the duty whose people get the morning list, as an office would call it
DUTIES = ("sin dirección", "without an address", "sem endereço")


def duty_holders(why: str) -> tuple[Recipient, ...]:
    """Return who has the duty of the morning list, else the administrators."""
    holders = Contact.objects.filter(is_active=True, roles__in=_duties()).prefetch_related(
        "addresses"
    )
    found: dict[str, Recipient] = {}
    for contact in holders.order_by("pk").distinct():
        if address := _mail_of(contact.addresses.all()):
            reader = Recipient(
                address=address,
                name=contact.name,
                language=contact.language,
                contact_id=contact.pk,
                why=why,
            )
            found.setdefault(address.lower(), reader)
    return tuple(found.values()) or administrators(why)


def _duties() -> list[int]:
    """Compared here: SQLite does not know that Ó is the large ó."""
    return [role.pk for role in Role.objects.all() if role.name.casefold() in DUTIES]


def _mail_of(addresses: Iterable[Address]) -> str:
    usable = (a.value for a in addresses if a.kind == Address.Kind.EMAIL and not a.problem)
    return next(usable, "")
