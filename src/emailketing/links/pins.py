"""A PIN before a page: five wrong ones close it for a quarter of an hour, whatever the visitor."""

from datetime import datetime, timedelta
from hmac import compare_digest

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F

from emailketing.links.keys import mac_of, secret_of
from emailketing.links.models import SignedLink

MOST_WRONG = 5
CLOSED_FOR = timedelta(minutes=15)
PASS_FOR = timedelta(minutes=30)
PURPOSE = "pin"


class PinClosed(Exception):
    """Too many wrong ones."""


def hash_pin(pin: str) -> str:
    return make_password(pin)


def try_pin(link: SignedLink, pin: str, hashed: str, now: datetime) -> bool:
    """Say whether it is right; a wrong one is counted before anybody hears of it.

    Raises:
        PinClosed: there were too many wrong ones just now; this one was not looked at.
    """
    ours = SignedLink.objects.filter(pk=link.pk)
    ours.filter(pin_failed_at__lte=now - CLOSED_FOR).update(pin_failures=0)
    # counted first: many at once cannot all be looked at
    is_let = ours.filter(pin_failures__lt=MOST_WRONG).update(
        pin_failures=F("pin_failures") + 1, pin_failed_at=now
    )
    if not is_let:
        raise PinClosed
    is_right = check_password(pin, hashed)  # compares in constant time
    if is_right:
        ours.update(pin_failures=0, pin_failed_at=None)
    return is_right


def pass_of(link: SignedLink, hashed: str, now: datetime) -> str:
    """Return what stands in the addresses of the page after the PIN: no cookie is set (S18)."""
    until = int((now + PASS_FOR).timestamp())
    return f"{until:x}-{_signature(link, hashed, until)}"


def is_let_in(link: SignedLink, hashed: str, given: str, now: datetime) -> bool:
    """Say whether this pass is ours and of the PIN as it is now, and not too old."""
    written, _dash, signature = given.partition("-")
    try:
        until = int(written[:16], 16)
    except ValueError:
        return False
    fits = compare_digest(_signature(link, hashed, until).encode(), signature.encode())
    return fits and now.timestamp() <= until


def _signature(link: SignedLink, hashed: str, until: int) -> str:
    return mac_of(secret_of(link.key), PURPOSE, f"{link.pk}:{until}:{hashed}".encode()).hex()
