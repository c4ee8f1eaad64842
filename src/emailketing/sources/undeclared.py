"""What a connector does not say of its fields and columns: nobody guesses it from a name."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from emailketing.common.language import active_language
from emailketing.sources.capture.base import matches
from emailketing.sources.connectors import Connector, in_language
from emailketing.sources.connectors.audit import AuditTable
from emailketing.sources.connectors.given import undeclared
from emailketing.sources.documents.catalogue import known

if TYPE_CHECKING:
    from sqlalchemy import Connection


def in_documents(connector: Connector) -> Iterator[tuple[str, str]]:
    """Yield each kind of document with a sentence that names what is written as it comes."""
    for document in connector.papers.values():
        if paths := undeclared(document):
            label = in_language(document.label, active_language()) or document.type
            sentence = _("written as text, because nothing says what it is: %(fields)s")
            yield label, sentence % {"fields": ", ".join(paths)}


def in_tables(connector: Connector, connection: "Connection") -> Iterator[tuple[str, str]]:
    """Yield each told table with a sentence that names the columns nobody described."""
    for table in connector.audit.tables.values() if connector.audit else ():
        if columns := _columns(connector, connection, table):
            label = in_language(table.label, active_language()) or table.table
            sentence = _("called as in the database, because nothing says how: %(columns)s")
            yield label, sentence % {"columns": ", ".join(columns)}


def _columns(connector: Connector, connection: "Connection", table: AuditTable) -> list[str]:
    """Return the columns of a table that are told and that nobody described."""
    if not table.is_told or connector.audit is None:
        return []
    there = known(connector, connection, table.table)
    left_out = next((w.ignore for w in connector.tables if w.label == table.table), ())
    unsaid = (*there.primary, *(table.parent.columns if table.parent else ()))
    return [
        name
        for name in there.kinds
        if name not in unsaid
        and not connector.audit.describes(table.table, name)
        and not (table.hides(name) or table.ignores(name) or matches(name, left_out))
    ]
