"""Every listing there is, by the name a person gives: “sales”, “shop.unpaid”."""

from collections.abc import Iterator
from dataclasses import dataclass

from emailketing.common.language import active_language
from emailketing.listings.asked import AskedListing
from emailketing.listings.errors import NoSuchListing
from emailketing.listings.kinds.of_connector import OfConnector
from emailketing.listings.models import Listing
from emailketing.sources.connectors import ConnectorError, in_language
from emailketing.sources.in_use import in_use
from emailketing.sources.models import Source


@dataclass(frozen=True, slots=True)
class KnownListing:
    """A listing with its name and what people call it."""

    name: str
    label: str
    listing: AskedListing


def known_listings() -> Iterator[KnownListing]:
    """Yield those made here, then those of connectors that can be read."""
    for listing in Listing.objects.select_related("source"):
        yield KnownListing(listing.slug, listing.name, listing)
    for source in Source.objects.order_by("slug"):
        try:
            listings = in_use(source).listings.values()
        except ConnectorError:
            continue
        for each in listings:
            label = in_language(each.label, active_language())
            yield KnownListing(f"{source.slug}.{each.name}", label, OfConnector(source, each.name))


def find_listing(name: str) -> KnownListing:
    """Return the one of this name; the source may be left out where only one has it.

    Raises:
        NoSuchListing: there is none, or there are several.
    """
    every = list(known_listings())
    whole = [each for each in every if each.name == name]
    found = whole or [each for each in every if each.name.partition(".")[2] == name]
    if len(found) != 1:
        raise NoSuchListing(name=name)
    return found[0]
