"""Connectors are data, not code: a folder with `connector.toml`, `*.sql` and perhaps layouts.

Each describes one kind of business system: its documents and how to read them, the processes we
wait for, its parties with their addresses, who did it. The format: docs/reference/connector.md.
"""

from emailketing.sources.connectors.model import (
    Connector,
    ConnectorError,
    ConnectorListing,
    DocumentType,
    Field,
    PartyType,
    Process,
    Query,
    ReadyRule,
    in_language,
)
from emailketing.sources.connectors.shelf import available, load

__all__ = [
    "Connector",
    "ConnectorError",
    "ConnectorListing",
    "DocumentType",
    "Field",
    "PartyType",
    "Process",
    "Query",
    "ReadyRule",
    "available",
    "in_language",
    "load",
]
