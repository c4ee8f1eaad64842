"""A connector's folder that was changed is compared with the one in use first (`losses`).

What only adds is taken over by itself; what would take something away waits until somebody says
so, and until then the former one works on.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from emailketing.common.said import say as _
from emailketing.sources.connectors import Connector, ConnectorError, DocumentType, Query, load
from emailketing.sources.connectors.losses import Loss, judged_otherwise, losses
from emailketing.sources.connectors.model import TAXES
from emailketing.sources.in_use import NEWS, REREAD, freeze, mark_now, note_news
from emailketing.sources.link import QueryFailed
from emailketing.sources.models import DocumentState, Source
from emailketing.sources.validate import columns_of
from emailketing.sources.visit import Visit

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_NAMED = 40


def keep_up(visit: Visit, *, is_forced: bool = False) -> bool:
    """Look whether the folder was changed; whether the source works with another connector now.

    Args:
        visit: its connector is replaced by the new one where that takes nothing away.
        is_forced: compare again what was compared already: the database may be another.
    """
    source = visit.source
    mark = mark_now(source)
    news = source.health.get(NEWS) or {}
    if mark and mark == source.connector_mark:
        if news:
            note_news(source, None)
        return False
    if news.get("mark") == mark and news and mark and not is_forced:
        return False
    try:
        new = load(source.connector)
    except ConnectorError as error:
        if source.connector_mark:
            note_news(source, {"mark": mark, "losses": [Loss("folder", "", str(error)).stored()]})
        return False
    if not source.connector_mark:  # from before there were copies, or just installed
        freeze(source, now=visit.now)
        return False
    found = what_is_lost(visit.connector, new, visit.connection)
    if found:
        note_news(source, {"mark": mark, "losses": [loss.stored() for loss in found[:MOST_NAMED]]})
        return False
    adopt(visit, new)
    return True


def what_is_lost(old: Connector, new: Connector, connection: "Connection") -> list[Loss]:
    """Return all that the new one would no longer give, the columns of its queries too."""
    found = list(losses(old, new))
    named = {(loss.document, loss.name) for loss in found}
    for kind, document in old.papers.items():
        if kind in new.papers:
            gone = _gone(document, new.papers[kind], connection)
            found += [loss for loss in gone if (loss.document, loss.name) not in named]
    return found


def _gone(old: DocumentType, new: DocumentType, connection: "Connection") -> Iterator[Loss]:
    """Yield the queries that do not run any more, and the columns that are missing."""
    after = _queries(new)
    for prefix, query in _queries(old).items():
        try:
            before = _paths(old, prefix, query, connection)
        except QueryFailed:
            continue  # it gave nothing anyway
        if prefix not in after:
            sentence = _("the query %(file)s is gone") % {"file": query.file}
            yield Loss("query", query.file, sentence, old.type)
            continue
        try:
            now = _paths(new, prefix, after[prefix], connection)
        except QueryFailed as error:
            yield Loss("query", after[prefix].file, str(error), old.type)
            continue
        for path in sorted(before - now):
            words = {"file": after[prefix].file, "path": path}
            sentence = _("%(file)s: gives no longer “%(path)s”") % words
            yield Loss("field", path, sentence, old.type)


def _queries(document: DocumentType) -> dict[str, Query]:
    named = {"": document.header, "lines.": document.lines, f"{TAXES}.": document.taxes}
    named |= {f"{name}.": query for name, query in document.lists.items()}
    return {prefix: query for prefix, query in named.items() if query is not None}


def _paths(document: DocumentType, prefix: str, query: Query, connection: "Connection") -> set[str]:
    columns = columns_of(connection, query)
    return {prefix + document.names.get(column, column) for column in columns}


def adopt(visit: Visit, new: Connector) -> None:
    """Work with the changed folder; the past of what is judged otherwise is to be noted anew."""
    source, old = visit.source, visit.connector
    otherwise = judged_otherwise(old, new)
    if otherwise:
        states = DocumentState.objects.filter(source=source, process__in=otherwise)
        states.update(is_true=False)
        source.stocked = [name for name in source.stocked if name not in otherwise]
        Source.objects.filter(pk=source.pk).update(stocked=source.stocked)
    if says_more_of_parties(old, new):
        source.health = source.health | {REREAD: {}}
    freeze(source, now=visit.now)
    note_news(source, None)
    visit.connector = new


def says_more_of_parties(old: Connector, new: Connector) -> bool:
    """Whether what was read of the parties by the former one is not what this one would read."""
    queries = {kind: party.queries for kind, party in old.parties.items()}
    again = {kind: party.queries for kind, party in new.parties.items()}
    return queries != again or (old.traits.keys(), old.dates) != (new.traits.keys(), new.dates)
