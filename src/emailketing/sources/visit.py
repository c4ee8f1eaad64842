"""One look at one source: what every verb of a source works with."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from emailketing.sources.capture.mark import SourceMark
from emailketing.sources.connectors import Connector
from emailketing.sources.dialects.base import Dialect
from emailketing.sources.models import Source

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(slots=True)
class Visit:
    """A source, its connector, and an open connection to its database."""

    source: Source
    connector: Connector
    connection: "Connection"
    dialect: Dialect
    now: datetime
    mark: SourceMark = field(default_factory=SourceMark)  # as it was read there last
    well_at: datetime | None = None  # when noting was last seen to be well, by the database's clock
    stored: int = 0  # rows that still stand in its database although they are stored here
