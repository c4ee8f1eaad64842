"""What a person wants to receive, by class of message: kept as opt-outs of every address."""

from collections.abc import Iterable
from datetime import datetime

from emailketing.contacts.models import Address, Contact, Suppression
from emailketing.contacts.suppress import Told, lift, opt_out, suppressed_among

Noted = tuple[Address, list[Suppression]]


def with_notes(rows: Iterable[Address]) -> list[Noted]:
    """Return each address with what is noted against it."""
    addresses = list(rows)
    noted = {
        kind: suppressed_among((row.value for row in addresses if row.kind == kind), kind=kind)
        for kind in Address.Kind.values
    }
    return [(row, noted[row.kind].get(row.value.lower(), [])) for row in addresses]


def barred(noted: Iterable[Suppression]) -> Suppression | None:
    """Of what is noted against an address, what holds for every class."""
    return next((found for found in noted if not found.mail_class), None)


def is_wanted(addresses: Iterable[Noted], mail_class: str) -> bool | None:
    """Whether the class is wanted; None when only some of the addresses opted out."""
    opted_out = [
        any(one.mail_class == mail_class and not one.about for one in noted)
        for _row, noted in addresses
    ]
    if not any(opted_out):
        return True
    return False if all(opted_out) else None


def ended_by_person(contact: Contact, classes: Iterable[str]) -> list[str]:
    """Return which of these classes the person ended: by a click, a word or a mail."""
    noted = [one for _row, several in with_notes(contact.addresses.all()) for one in several]
    own = {one.mail_class for one in noted if not one.about and is_of_person(one)}
    return [name for name in classes if name in own]


def is_of_person(noted: Suppression) -> bool:
    """Whether whoever has the address said so, and not somebody here or a server."""
    is_no = noted.reason == Suppression.Reason.OPT_OUT
    return is_no and noted.via not in ("", Suppression.Via.OPERATOR)


def want(contact: Contact, mail_class: str, *, wanted: bool, by: str, now: datetime) -> None:
    """Note for every address of the person that the class is wanted, or that it is not."""
    told = Told(via=Suppression.Via.OPERATOR, by=by)
    for row in contact.addresses.all():
        if wanted:
            lift(row.value, kind=row.kind, mail_class=mail_class)
        else:
            opt_out(row.value, mail_class, now=now, kind=row.kind, told=told)
