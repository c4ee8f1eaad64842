"""The brake on guessed passwords: who was wrong too often waits. Counted in the audit trail.

A password takes a while to be looked at: guesses that come at once are counted before that, one
after the other, so that not one more is looked at than may be wrong.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from emailketing.accounts.audit import note
from emailketing.accounts.models import AuditEntry, SignInTry, User
from emailketing.accounts.who import Who
from emailketing.common.own_dialect import one_at_a_time

WINDOW = timedelta(minutes=15)
UNDER_WAY_FOR = timedelta(minutes=1)  # then whoever looked at it is gone
_TURN = 0x656D_6B01  # the number of our queue among those of this database
MOST_OF_NAME, MOST_FROM_ADDRESS = 5, 30
SIGNED_IN, FAILED, PASSWORD_SET = "signed_in", "sign_in_failed", "password_set"
NAME_LOCKED, ADDRESS_LOCKED = "locked", "address_locked"


@dataclass(frozen=True)
class Lock:
    until: datetime
    is_of_name: bool  # else of the address


def begin(name: str, came_from: str, *, now: datetime) -> SignInTry | Lock:
    """Take a place before a password is looked at; a lock when there is none."""
    with transaction.atomic():
        one_at_a_time(_TURN)
        SignInTry.objects.filter(at__lte=now - UNDER_WAY_FOR).delete()
        if lock := lock_of(name, came_from, now=now):
            return lock
        return SignInTry.objects.create(username=name, came_from=came_from[:80], at=now)


def end_wrong(tried: SignInTry, *, now: datetime) -> Lock | None:
    """Give the place back and note a wrong password; return the lock that it brought about."""
    with transaction.atomic():
        one_at_a_time(_TURN)
        tried.delete()
        return note_failure(tried.username, tried.came_from, now=now)


def end_right(tried: SignInTry) -> None:
    tried.delete()


def note_signed_in(by: Who, *, now: datetime) -> None:
    note(SIGNED_IN, by=by, now=now)


def lock_of(
    name: str, came_from: str, *, now: datetime, with_under_way: bool = True
) -> Lock | None:
    """Tell whether this name, or this address, must wait, and until when.

    Asked before the password is looked at: whether there is such a user changes nothing, neither
    in the answer nor in the work. What is refused is not counted again, so a lock ends by itself.
    """
    # who waited for his turn has an older “now” than those whose failures were noted meanwhile
    tries = AuditEntry.objects.filter(at__gt=now - WINDOW, at__lte=now + UNDER_WAY_FOR)
    wrong = tries.filter(action=FAILED)
    of_name = wrong.filter(username=name)
    if forgiven := _forgiven(name, tries):
        of_name = of_name.filter(at__gt=forgiven)
    under_way = SignInTry.objects.filter(at__gt=now - UNDER_WAY_FOR)
    under_way = under_way if with_under_way else under_way.none()
    if until := _full(of_name, under_way.filter(username=name), MOST_OF_NAME, now):
        return Lock(until, is_of_name=True)
    if not _is_somebodys(came_from):
        return None
    of_address = wrong.filter(came_from=came_from), under_way.filter(came_from=came_from)
    until = _full(*of_address, MOST_FROM_ADDRESS, now)
    return Lock(until, is_of_name=False) if until else None


def note_failure(name: str, came_from: str, *, now: datetime) -> Lock | None:
    """Note a wrong password; return the lock that it brought about."""
    note(FAILED, by=name, now=now, came_from=came_from)
    lock = lock_of(name, came_from, now=now, with_under_way=False)
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


def _full(
    wrong: QuerySet[AuditEntry], under_way: QuerySet[SignInTry], most: int, now: datetime
) -> datetime | None:
    """When there is a place again; None: there is one."""
    if until := _end(wrong, most):
        return until
    looked_at = under_way.count()
    is_full = looked_at and wrong.count() + looked_at >= most
    return now + UNDER_WAY_FOR if is_full else None


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
