"""Which reports ask a listing."""

from collections.abc import Iterator

from emailketing.listings.uses import ListingUse
from emailketing.triggers.reports.models import Report


def uses_of_listing(name: str) -> Iterator[ListingUse]:
    """Yield the reports of a listing; they may name one of a connector without its source."""
    source, _point, short = name.partition(".")
    for report in Report.objects.filter(listing__in={name, short or name}).select_related("source"):
        if report.listing == name or report.source.slug == source:
            yield ListingUse(report.name, report.pk)
