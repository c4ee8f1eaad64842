"""Names given by a connector, in the language of whoever looks at the page."""

from collections.abc import Mapping

from emailketing.common.language import active_language
from emailketing.sources.connectors import (
    Connector,
    ConnectorError,
    in_language,
)
from emailketing.sources.in_use import in_use
from emailketing.sources.models import Source


def said(label: Mapping[str, str] | None, otherwise: str = "") -> str:
    """Return the label in the active language, else in Spanish, else in any."""
    return in_language(label or {}, active_language()) or otherwise


def connector_of(source: Source) -> Connector | None:
    """Return the source's connector; None when its folder is gone or broken."""
    try:
        return in_use(source)
    except ConnectorError:
        return None


def process_label(source: Source, process: str) -> str:
    connector = connector_of(source)
    found = connector.processes.get(process) if connector else None
    return said(found.label, process) if found else process
