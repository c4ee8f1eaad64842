"""Listings that were made here, as the file has them."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from emailketing.accounts.models import User
from emailketing.configuration.kind import ConfigurationInvalid, Entry, EntryKind, Take
from emailketing.listings.models import Listing, ListingRight
from emailketing.listings.right import RightInvalid, choose_right
from emailketing.listings.save import ListingInvalid, save_listing
from emailketing.sources.models import Source

LISTING: dict[str, type] = {"name": str, "source": str, "kind": str, "definition": dict}


def read_listings() -> Iterator[Entry]:
    for listing in Listing.objects.select_related("source").order_by("slug"):
        yield {
            "slug": listing.slug,
            "name": listing.name,
            "source": listing.source.slug,
            "kind": listing.kind,
            "definition": listing.definition,
        }


def take_listing(entry: Entry, take: Take, is_new: bool) -> None:
    listing = Listing(slug=entry["slug"])
    if not is_new:
        listing = Listing.objects.get(slug=entry["slug"])
    for name in ("name", "kind", "definition"):
        if name in entry:
            setattr(listing, name, entry[name])
    if "source" in entry:
        listing.source = _source(entry["source"])
    notices = save_listing(listing, by=take.by, now=take.now)
    take.notices += [f"{listing.name}: {notice}" for notice in notices]


def _source(slug: str) -> Source:
    source = Source.objects.filter(slug=slug).first()
    if source is None:
        raise ConfigurationInvalid(_("There is no source “%(slug)s”.") % {"slug": slug})
    return source


RIGHT: dict[str, type] = {"roles": list, "people": list}


def read_rights() -> Iterator[Entry]:
    for right in ListingRight.objects.prefetch_related("users").order_by("listing"):
        people = sorted(user.username for user in right.users.all())
        yield {"listing": right.listing, "roles": list(right.roles), "people": people}


def take_right(entry: Entry, take: Take, _is_new: bool) -> None:
    """Take who sees a listing; who is no user here is said, and sees it no more than others."""
    named = [str(name) for name in entry.get("people", [])]
    users = list(User.objects.filter(username__in=named))
    there = {user.username for user in users}
    roles = [str(role) for role in entry.get("roles", [])]
    choose_right(entry["listing"], roles=roles, users=users, by=take.by, now=take.now)
    for name in sorted(set(named) - there):
        sentence = _("%(listing)s: there is no user “%(name)s” here.")
        take.notices.append(sentence % {"listing": entry["listing"], "name": name})


KINDS = (
    EntryKind(
        "listing",
        ("slug",),
        LISTING,
        read_listings,
        take_listing,
        Listing,
        needs=("source",),
        refusals=(ListingInvalid,),
    ),
    EntryKind(
        "listing_right",
        ("listing",),
        RIGHT,
        read_rights,
        take_right,
        ListingRight,
        needs=("source", "listing"),
        refusals=(RightInvalid,),
    ),
)
