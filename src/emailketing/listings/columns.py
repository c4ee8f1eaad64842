"""Which columns a listing gives, asked of its source for one row: whoever chooses needs them."""

from datetime import datetime

from emailketing.common.plain import Values
from emailketing.content.sheet.column import Column
from emailketing.listings.ask import ask
from emailketing.listings.asked import AskedListing
from emailketing.listings.errors import ListingError
from emailketing.listings.reading.limits import Limits
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import ConnectorError

FIRST_ROW = Limits(rows=1, seconds=10)


def columns_now(
    listing: AskedListing, values: Values, *, now: datetime, zone: str = ""
) -> tuple[Column, ...] | None:
    """Ask the source what the listing gives; None: it does not answer, a read will tell."""
    try:
        with ask(listing, values, now=now, zone=zone, limits=FIRST_ROW) as answer:
            return answer.columns
    except (ListingError, CaptureError, ConnectorError):
        return None
