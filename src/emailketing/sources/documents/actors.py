"""Who did it: the name behind what a row says; for a deleted row the program's own log (C22)."""

import logging
from typing import TYPE_CHECKING

from emailketing.common.plain import Cell
from emailketing.sources.capture.base import RowChange
from emailketing.sources.connectors import Connector, Query
from emailketing.sources.freeze import freeze
from emailketing.sources.link import QueryFailed, ask, snapshot

if TYPE_CHECKING:
    from sqlalchemy import Connection

logger = logging.getLogger(__name__)


class Actors:
    """Names for one block of changes; "" when nobody can say. Never the last editor (C22)."""

    def __init__(self, connector: Connector, connection: "Connection") -> None:
        self._actor = connector.actor
        self._connection = connection
        self._names: dict[str, str] = {}

    def of(self, change: RowChange, table: str, key: str) -> str:
        """Return who did it; `key` is that of the row as text."""
        if change.is_found:
            return ""  # found by comparing: nobody knows who, whatever a log says of that record
        code = change.actor or change.claim or self._said_elsewhere(change, table, key)
        return self.name(code) if code else ""

    def _said_elsewhere(self, change: RowChange, table: str, key: str) -> str:
        if change.op == "D":
            return self._deleter(change, table, key)
        if change.op == "I" and self._actor.created_column:
            return str(freeze((change.new or {}).get(self._actor.created_column)))
        return ""

    def name(self, code: str) -> str:
        """Return the person's name, or the code itself when the program knows no name for it."""
        if code not in self._names:
            self._names[code] = self._first(self._actor.name, actor=code) or code
        return self._names[code][:150]

    def _deleter(self, change: RowChange, table: str, key: str) -> str:
        """The log is asked by the key as text, or by the columns of the row that is gone."""
        row = {**(change.old or {}), **change.key}
        asked = {**row, "table": table, "key": key, "at": change.at}
        return self._first(self._actor.deleted, **asked) if change.key else ""

    def _first(self, query: Query | None, **parameters: Cell) -> str:
        if query is None:
            return ""
        try:
            with snapshot(self._connection):
                rows = ask(self._connection, query, **parameters)
        except QueryFailed as error:
            logger.warning("who did it cannot be asked: %s", error)
            return ""
        return freeze(next(iter(rows[0].values()))) if rows and rows[0] else ""
