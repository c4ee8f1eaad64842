"""Save, or delete, whom we may write to: all of it is checked, written, and noted with who did."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.changes import Values, differences, kept, note_saved
from emailketing.accounts.who import Who
from emailketing.common.problems import Problems, first_of
from emailketing.company.models import Company
from emailketing.contacts.check import (
    ContactInvalid,
    read_address,
    unknown_classes,
    wrong_duties,
    wrong_with,
)
from emailketing.contacts.dates import date_problems, dates_of, keep_dates
from emailketing.contacts.duties import duty_named
from emailketing.contacts.mail_class import MailClass
from emailketing.contacts.models import Address, Contact, Role
from emailketing.contacts.suppress import wrong_with_note
from emailketing.contacts.wishes import ended_by_person, is_wanted, want, with_notes

FROM_SOURCE = ("name", "tax_id", "is_active")  # of a source's contact it is read again


@dataclass(frozen=True, slots=True)
class Besides:
    """What belongs to a person and is kept beside it; None stays as it is.

    Attributes:
        addresses: every one the person has from now on, saved before or not.
        duties: all of them by name; one there is not yet is made.
        wants: class of messages → whether the person wants it; the others stay.
        dates: kind → the day as it is typed, empty to take it away; the others stay.
        why: asked for where that takes back what the person ended.
    """

    addresses: Sequence[Address] | None = None
    duties: Sequence[str] | None = None
    wants: Mapping[str, bool] | None = None
    dates: Mapping[str, str] | None = None
    why: str = ""


NOTHING_BESIDES = Besides()


@transaction.atomic
def save_contact(
    contact: Contact, besides: Besides = NOTHING_BESIDES, *, by: Who | str, now: datetime
) -> Contact:
    """Check, save, and note what changed; of a source's contact only what is ours.

    Raises:
        ContactInvalid: everything that is wrong.
    """
    before, beside_before = kept(contact), _state(contact, besides)
    if wrong := wrong_with(contact) | first_of(_wrong_besides(contact, besides, before, now)):
        raise ContactInvalid(wrong)
    contact.save()
    if besides.addresses is not None:
        _keep_addresses(contact, besides.addresses)
    if besides.duties is not None:
        contact.roles.set([duty_named(name, by=by, now=now) for name in besides.duties])
    for name, is_wanted_now in (besides.wants or {}).items():
        want(contact, name, wanted=is_wanted_now, by=str(by), now=now)
    keep_dates(contact, besides.dates or {})
    more = differences(beside_before, _state(contact, besides))
    if besides.why.strip():
        more["reason"] = ["", besides.why.strip()]
    note_saved(contact, before, by=by, now=now, more=more)
    return contact


@transaction.atomic
def delete_contact(contact: Contact, *, by: Who | str, now: datetime) -> None:
    """Forget somebody who was entered by hand; what was written to them stays.

    Raises:
        ContactInvalid: a source would only bring it back.
    """
    if contact.source:
        raise ContactInvalid({"source": _only_there(contact)})
    note("deleted", by=by, now=now, about=contact)
    contact.delete()


def _wrong_besides(contact: Contact, besides: Besides, before: Values, now: datetime) -> Problems:
    if contact.source and before:
        for field in FROM_SOURCE:
            if getattr(contact, field) != before[field]:
                yield field, _only_there(contact)
    if besides.addresses is not None:
        yield from _wrong_addresses(contact, besides.addresses)
    yield from wrong_duties(besides.duties or ())
    yield from unknown_classes("wants", besides.wants or {}, MailClass.values)
    if contact.source and besides.dates:
        yield "dates", _only_there(contact)
    yield from date_problems(besides.dates or {}, now.date())
    if before:
        yield from _wrong_again(contact, besides)


def _wrong_again(contact: Contact, besides: Besides) -> Problems:
    """What a person ended goes on only with a reason."""
    again = [name for name, is_wanted_now in (besides.wants or {}).items() if is_wanted_now]
    ended = ended_by_person(contact, again)
    if ended and wrong_with_note(besides.why):
        labels = ", ".join(str(MailClass(name).label) for name in ended)
        sentence = _("Whoever gets them has ended these messages: %(names)s. Say why they go on.")
        yield "why", sentence % {"names": labels}


def _wrong_addresses(contact: Contact, rows: Sequence[Address]) -> Problems:
    """What is as it was is not asked again: nobody has to mend it to say something else."""
    country = Company.get().country
    known = {row.pk: _entries(row) for row in _addresses(contact)}
    if contact.source and [_entries(row) for row in rows] != list(known.values()):
        yield "addresses", _only_there(contact)
        return
    for number, row in enumerate(rows):
        if _entries(row) != known.get(row.pk):
            for sentence in read_address(row, country).values():
                yield f"addresses.{number}", sentence


def _only_there(contact: Contact) -> str:
    sentence = _("Put it right in “%(source)s”: it is read again as soon as it is saved.")
    return sentence % {"source": contact.source}


def _keep_addresses(contact: Contact, rows: Sequence[Address]) -> None:
    gone = contact.addresses.exclude(pk__in=[row.pk for row in rows if row.pk])
    gone.delete()
    for row in rows:
        row.contact = contact
        row.save()


def _addresses(contact: Contact) -> Iterator[Address]:
    yield from Address.objects.filter(contact_id=contact.pk) if contact.pk else ()


def _entries(row: Address) -> tuple[str | int | None, ...]:
    return row.kind, row.value, row.usage, row.person, row.position


def _said(row: Address) -> str:
    """What is noted of an address."""
    return " · ".join(filter(None, (row.value, row.usage, row.person)))


def _state(contact: Contact, besides: Besides) -> Values:
    """What the audit trail compares of what is kept beside the person."""
    found: Values = {}
    if besides.addresses is not None:
        found["addresses"] = [_said(row) for row in _addresses(contact)]
    if besides.duties is not None:
        roles = contact.roles.order_by("name") if contact.pk else Role.objects.none()
        found["duties"] = [role.name for role in roles]
    if besides.wants is not None:
        noted = with_notes(_addresses(contact))
        found["wants"] = [name for name in MailClass.values if is_wanted(noted, name)]
    if besides.dates is not None:
        found["dates"] = [f"{kind}: {said}" for kind, said in sorted(dates_of(contact).items())]
    return found
