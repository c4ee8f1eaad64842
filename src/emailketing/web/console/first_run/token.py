"""The link of the first run: signed, for one day, and worth nothing once somebody can sign in."""

import secrets

from django.core import signing
from django.urls import reverse

from emailketing.accounts.users import is_first_run

SALT = "emailketing.first-run"
LONGEST = 24 * 60 * 60  # seconds


def first_run_path() -> str:
    """Return the address of the assistant with its token; "" when a user exists."""
    if not is_first_run():
        return ""
    token = signing.dumps(secrets.token_hex(8), salt=SALT)
    return reverse("console:first_run", args=[token])


def is_valid(token: str) -> bool:
    """Say whether this token opens the assistant now."""
    if not is_first_run():
        return False
    try:
        signing.loads(token, salt=SALT, max_age=LONGEST)
    except signing.BadSignature:
        return False
    return True
