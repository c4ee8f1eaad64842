"""Which dates and traits of people there are: those that connectors declare, and birthdays."""

from collections.abc import Iterator
from dataclasses import dataclass

from emailketing.contacts.dates import BIRTH
from emailketing.sources.connectors import Connector, ConnectorError
from emailketing.sources.connectors.model import ListedDates
from emailketing.sources.in_use import in_use
from emailketing.sources.labels import Labels
from emailketing.sources.models import Source


@dataclass(frozen=True, slots=True)
class KnownDate:
    """A kind of date: what it is called in the active language, and whether it comes each year."""

    label: str
    is_yearly: bool = True


def date_kinds(source: Source | None = None) -> dict[str, KnownDate]:
    """Return name → kind, of this source, or of all and of who was entered by hand."""
    labels = Labels()
    found = {BIRTH: KnownDate(labels.date("", BIRTH))}
    for slug, connector in _connectors(source):
        for name, declared in connector.dates.items():
            found[name] = KnownDate(labels.date(slug, name), declared.is_yearly)
    return found


def listed_dates(kind: str) -> tuple[str, ListedDates] | None:
    """Return the first listing (“shop.inspections”) whose rows have such a date; its columns."""
    for slug, connector in _connectors(None):
        for name, listing in connector.listings.items():
            if listing.dates is not None and listing.dates.kind == kind:
                return f"{slug}.{name}", listing.dates
    return None


def dates_of_listing(source: Source, name: str) -> ListedDates | None:
    """Return what the rows of a connector's listing are for somebody's special date, if it says."""
    try:
        found = in_use(source).listings.get(name)
    except ConnectorError:
        return None
    return found.dates if found else None


def trait_kinds(source: Source | None = None) -> dict[str, str]:
    """Return name → what it is called in the active language."""
    labels, found = Labels(), dict[str, str]()
    for slug, connector in _connectors(source):
        found |= {name: labels.trait(slug, name) for name in connector.traits}
    return found


def _connectors(source: Source | None) -> Iterator[tuple[str, Connector]]:
    sources = [source] if source is not None else Source.objects.order_by("slug")
    for one in sources:
        try:
            yield one.slug, in_use(one)
        except ConnectorError:  # said where the source is looked at
            continue
