"""The brake on guessed passwords: who was wrong too often waits. Counted in the audit trail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from django.db.models import Max, Q, QuerySet

from emailketing.accounts.audit import note
from emailketing.accounts.models import AuditEntry, User

WINDOW = timedelta(minutes=15)
MOST_OF_NAME, MOST_FROM_ADDRESS = 5, 30
SIGNED_IN, FAILED, PASSWORD_SET = "signed_in", "sign_in_failed", "password_set"
NAME_LOCKED, ADDRESS_LOCKED = "locked", "address_locked"


@dataclass(frozen=True)
class Lock:
    until: datetime
    is_of_name: bool  # else of the address


def lock_of(name: str, came_from: str, *, now: datetime) -> Lock | None:
    """Tell whether this name, or this address, must wait, and until when.

    Asked before the password is looked at: whether there is such a user changes nothing, neither
    in the answer nor in the work. What is refused is not counted again, so a lock ends by itself.
    """
    tries = AuditEntry.objects.filter(at__gt=now - WINDOW, at__lte=now)
    wrong = tries.filter(action=FAILED)
    of_name = wrong.filter(username=name)
    if forgiven := _forgiven(name, tries):
        of_name = of_name.filter(at__gt=forgiven)
    if until := _end(of_name, MOST_OF_NAME):
        return Lock(until, is_of_name=True)
    if not _is_somebodys(came_from):
        return None
    until = _end(wrong.filter(came_from=came_from), MOST_FROM_ADDRESS)
    return Lock(until, is_of_name=False) if until else None


def note_failure(name: str, came_from: str, *, now: datetime) -> Lock | None:
    """Note a wrong password; return the lock that it brought about."""
    note(FAILED, by=name, now=now, came_from=came_from)
    lock = lock_of(name, came_from, now=now)
    if lock:
        action = NAME_LOCKED if lock.is_of_name else ADDRESS_LOCKED
        note(action, by=name, now=now, came_from=came_from)
    return lock


def _forgiven(name: str, tries: QuerySet[AuditEntry]) -> datetime | None:
    """When the name last signed in, or was given a new password."""
    new_password = Q(
        action=PASSWORD_SET, object_type=User._meta.label_lower, object_label=name
    )  # by its name: who asks for the user's number would work longer for a user that exists
    good = tries.filter(Q(action=SIGNED_IN, username=name) | new_password)
    last: datetime | None = good.aggregate(last=Max("at"))["last"]
    return last


def _end(wrong: QuerySet[AuditEntry], most: int) -> datetime | None:
    """When there will be fewer than `most` in the window, None when there are."""
    last = wrong.order_by("-at").values_list("at", flat=True)[most - 1 : most]
    return next((at + WINDOW for at in last), None)


def _is_somebodys(came_from: str) -> bool:
    """Whether one visitor stands behind it: a proxy on this machine speaks for everybody."""
    try:
        return not ip_address(came_from).is_loopback
    except ValueError:
        return False
