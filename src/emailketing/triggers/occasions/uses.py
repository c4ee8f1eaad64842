"""Which occasions ask a listing: it stays while they do."""

from collections.abc import Iterator

from emailketing.listings.uses import ListingUse
from emailketing.triggers.occasions.models import Occasion


def uses_by_occasions(name: str) -> Iterator[ListingUse]:
    """Yield the occasions whose dates come from the listing of this name."""
    for occasion in Occasion.objects.filter(day__kind="listing", day__listing=name):
        yield ListingUse(occasion.name, occasion.pk, "occasion")
