"""Who sees a listing, as its page shows it and an administrator may choose it."""

from dataclasses import dataclass

from emailketing.accounts.models import User
from emailketing.listings.models import ListingRight
from emailketing.listings.right import CHANGE_RIGHT, CHOSEN_ROLES, who_sees
from emailketing.web.console.frame.shapes import Context
from emailketing.web.console.staff.forms import ROLE_CHOICES

MOST = 200  # users that are offered


@dataclass(frozen=True, slots=True)
class SeerChoice:
    """A role or a user who may be chosen."""

    value: str
    label: str
    is_chosen: bool


def right_context(name: str, user: User) -> Context:
    """Return who sees it, and for administrators who may be chosen."""
    right = ListingRight.objects.filter(listing=name).prefetch_related("users").first()
    roles = set(right.roles) if right else set()
    users = {each.pk for each in right.users.all()} if right else set()
    labels = dict(ROLE_CHOICES)
    return {
        "sees": who_sees(name),
        "is_open": right is None,
        "can_choose": user.has_perm(CHANGE_RIGHT),
        "seer_roles": [
            SeerChoice(role, str(labels[role]).partition(":")[0], role in roles)
            for role in CHOSEN_ROLES
        ],
        "seers": [
            SeerChoice(str(each.pk), each.get_username(), each.pk in users)
            for each in User.objects.filter(is_active=True).order_by("username")[:MOST]
        ],
    }
