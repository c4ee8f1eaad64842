"""What a report is called: a name that its connector gave is said in each reader's language."""

from collections.abc import Iterator
from contextlib import suppress

from emailketing.sources.connectors import ConnectorError, in_language
from emailketing.sources.connectors.model import Labels
from emailketing.sources.in_use import in_use
from emailketing.triggers.reports.models import Report


def name_in(report: Report, language: str) -> str:
    """Return the name; whatever somebody typed stays as he typed it."""
    with suppress(ConnectorError):  # said where the source is looked at
        for labels in _given_names(report):
            if report.name in labels.values():
                return in_language(labels, language)
    return report.name


def _given_names(report: Report) -> Iterator[Labels]:
    if not report.source_id:
        return
    connector, name = in_use(report.source), report.listing.partition(".")[2]
    for ready in connector.reports.values():
        if ready.listing == name:
            yield ready.label
    if name in connector.listings:
        yield connector.listings[name].label
