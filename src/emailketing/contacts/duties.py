"""Save or delete a duty in the own company, with the people who have it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from emailketing.accounts.audit import note
from emailketing.accounts.changes import kept, note_saved
from emailketing.accounts.who import Who
from emailketing.contacts.check import ContactInvalid, wrong_with_role
from emailketing.contacts.models import Contact, Role


@transaction.atomic
def save_role(
    role: Role, people: Iterable[Contact] | None = None, *, by: Who | str, now: datetime
) -> Role:
    """Check, save, and note what changed; without `people` they stay who they are.

    Raises:
        ContactInvalid: everything that is wrong.
    """
    if wrong := wrong_with_role(role):
        raise ContactInvalid(wrong)
    before = kept(role)
    role.save()
    if people is not None:
        role.contacts.set(people)
    note_saved(role, before, by=by, now=now)
    return role


def duty_named(name: str, *, by: Who | str, now: datetime) -> Role:
    """Return the duty of this name; one there is not yet is made, and noted.

    Raises:
        ContactInvalid: nothing can be called so.
    """
    return Role.objects.filter(name=name).first() or save_role(Role(name=name), by=by, now=now)


@transaction.atomic
def delete_role(role: Role, *, by: Who | str, now: datetime) -> None:
    """Forget a duty; whoever had it stays."""
    note("deleted", by=by, now=now, about=role)
    role.delete()
