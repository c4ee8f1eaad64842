"""Does a listing of the connector fit this database? Each problem one sentence."""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from emailketing.common.language import active_language
from emailketing.common.said import say as _
from emailketing.sources.connectors import in_language
from emailketing.sources.connectors.model import ConnectorListing
from emailketing.sources.dialects.registry import dialect_of


def listing_problems(
    listing: ConnectorListing, columns: list[str], connection: Connection
) -> Iterator[str]:
    """Yield what is wrong with a listing whose query gives these columns."""
    dialect = dialect_of(connection).name
    if listing.query is None:
        return
    file = listing.query.file_for(dialect)
    for field in listing.fields:
        if field.path not in columns:
            sentence = _("%(file)s: gives no column “%(column)s”, which the field %(field)s needs")
            label = in_language(field.label, active_language())
            yield sentence % {"file": file, "column": field.path, "field": label}
    dates = listing.dates
    for name in filter(None, (dates.date, dates.party, dates.of) if dates else ()):
        if name not in columns:
            sentence = _("%(file)s: gives no column “%(column)s”, which its dates need")
            yield sentence % {"file": file, "column": name}
    declared = {place for each in listing.parameters for place in each.places}
    for name in text(listing.query.sql(dialect)).compile().params:
        if name not in declared:
            sentence = _("%(file)s: asks for “:%(name)s”, which no parameter of the listing gives")
            yield sentence % {"file": file, "name": name}
