"""Listings that were made here, as the file has them."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from emailketing.configuration.kind import ConfigurationInvalid, Entry, EntryKind, Take
from emailketing.listings.models import Listing
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
)
