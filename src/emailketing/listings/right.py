"""Who may see which listing: everybody who may look at listings, unless somebody chose (P12).

Asked when it is looked at, previewed, made a report of, and at each run of the author's report.
Administrators see all; so does whoever is at the keyboard of the server.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.changes import kept, note_saved
from emailketing.accounts.models import User
from emailketing.accounts.roles import ADMINISTRATOR, ROLES
from emailketing.accounts.who import Who
from emailketing.common.problems import Invalid
from emailketing.common.reading import once
from emailketing.listings.asked import AskedListing
from emailketing.listings.errors import ListingError, NotForYou
from emailketing.listings.known import KnownListing, find_listing, known_listings
from emailketing.listings.models import Listing, ListingRight

CHANGE_RIGHT = "listings.change_listingright"
CHOSEN_ROLES = tuple(role for role in ROLES if role != ADMINISTRATOR)  # who can be left out


class RightInvalid(Invalid):
    """The right cannot be so: one sentence for each place."""


@dataclass(frozen=True, slots=True)
class ChosenRight:
    """Who was chosen, besides administrators."""

    roles: frozenset[str]
    users: frozenset[int]


def may_see(by: Who | User | str, name: str) -> bool:
    """Say whether somebody may see the listing of this name (“shop.sales”)."""
    user = by.user if isinstance(by, Who) else by if isinstance(by, User) else None
    chosen = _chosen().get(name)
    if chosen is None or user is None or user.has_perm(CHANGE_RIGHT):
        return True
    if user.pk in chosen.users:
        return True
    return user.groups.filter(name__in=chosen.roles).exists()


def refuse_unseen(listing: AskedListing, by: Who | str) -> None:
    """Refuse who may not see it.

    Raises:
        NotForYou: in one sentence.
    """
    if not may_see(by, name_of(listing)):
        raise NotForYou(name=name_of(listing))


def name_of(listing: AskedListing) -> str:
    """Return the name a person gives it: “sales”, “shop.unpaid”."""
    if isinstance(listing, Listing):
        return listing.slug
    return f"{listing.source.slug}.{listing.definition.get('listing', '')}"


def listings_for(by: Who | User | str) -> Iterator[KnownListing]:
    """Yield the listings that somebody may see."""
    return (known for known in known_listings() if may_see(by, known.name))


def _chosen() -> dict[str, ChosenRight]:
    return once("rights of listings", _read_chosen)


def _read_chosen() -> dict[str, ChosenRight]:
    return {
        right.listing: ChosenRight(
            frozenset(map(str, right.roles)), frozenset(user.pk for user in right.users.all())
        )
        for right in ListingRight.objects.prefetch_related("users")
    }


def who_sees(name: str) -> str:
    """Say in words who sees it."""
    right = ListingRight.objects.filter(listing=name).prefetch_related("users").first()
    if right is None:
        return _("everybody who may look at listings")
    users = sorted(user.username for user in right.users.all())
    return ", ".join([ADMINISTRATOR, *map(str, right.roles), *users])


@transaction.atomic
def choose_right(
    name: str, *, roles: Sequence[str], users: Sequence[User], by: Who | str, now: datetime
) -> ListingRight:
    """Choose who sees a listing, besides administrators; nobody chosen: they alone.

    Raises:
        RightInvalid: there is no such listing or role, or who chooses has no right to.
    """
    _refuse_others(by)
    try:
        name = find_listing(name).name
    except ListingError as error:
        raise RightInvalid({"listing": str(error)}) from error
    if unknown := [role for role in roles if role not in CHOSEN_ROLES]:
        sentence = _("“%(value)s” is none of: %(known)s.")
        known = {"value": unknown[0], "known": ", ".join(CHOSEN_ROLES)}
        raise RightInvalid({"roles": sentence % known})
    right = ListingRight.objects.filter(listing=name).first() or ListingRight(listing=name)
    before = kept(right)
    right.roles = [role for role in CHOSEN_ROLES if role in roles]
    right.save()
    right.users.set(users)
    note_saved(right, before, by=by, now=now)
    return right


@transaction.atomic
def open_to_everybody(name: str, *, by: Who | str, now: datetime) -> None:
    """Let everybody who may look at listings see it again.

    Raises:
        RightInvalid: who chooses has no right to.
    """
    _refuse_others(by)
    for right in ListingRight.objects.filter(listing=name):
        note("deleted", by=by, now=now, about=right)
        right.delete()


def _refuse_others(by: Who | str) -> None:
    user = by.user if isinstance(by, Who) else None
    if user is not None and not user.has_perm(CHANGE_RIGHT):
        raise RightInvalid({"": _("Only administrators choose who sees a listing.")})
