"""The connector a source works with: its folder as somebody agreed to it, not as it is edited.

A folder that was changed is compared first (`losses`). What only adds is taken over by itself; what
would take something away waits until somebody says so, and until then the former one works on.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from sqlalchemy import Connection

from emailketing.common.plain import Entry
from emailketing.common.reading import once
from emailketing.common.said import say as _
from emailketing.sources.connectors import (
    Connector,
    ConnectorError,
    DocumentType,
    Query,
    load,
)
from emailketing.sources.connectors.losses import Loss, judged_otherwise, losses
from emailketing.sources.connectors.model import TAXES
from emailketing.sources.connectors.shelf import files_of, load_kept, mark_of
from emailketing.sources.link import QueryFailed
from emailketing.sources.models import ConnectorCopy, DocumentState, Source
from emailketing.sources.validate import columns_of
from emailketing.sources.visit import Visit

NEWS = "connector_news"  # in the health of a source
MOST_NAMED = 40


def in_use(source: Source) -> Connector:
    """Return the connector this source works with.

    Raises:
        ConnectorError: it is not there, or not well formed.
    """
    key = ("connector in use", source.connector, source.connector_mark)
    return once(key, lambda: _in_use(source))


def _in_use(source: Source) -> Connector:
    if not source.connector_mark or _mark_now(source) == source.connector_mark:
        return load(source.connector)
    try:
        return _kept(source.connector_mark)
    except (ConnectorCopy.DoesNotExist, ConnectorError):  # our own format may have moved on
        return load(source.connector)


def _mark_now(source: Source) -> str:
    try:
        return mark_of(source.connector)
    except ConnectorError:
        return ""


@lru_cache(maxsize=16)
def _kept(mark: str) -> Connector:
    copy = ConnectorCopy.objects.get(mark=mark)
    called = Path(copy.name).name or "connector"
    return load_kept(Path(settings.HOME) / "connectors-in-use" / mark / called, copy.files)


def keep_up(visit: Visit, *, is_forced: bool = False) -> bool:
    """Look whether the folder was changed; whether the source works with another connector now.

    Args:
        visit: its connector is replaced by the new one where that takes nothing away.
        is_forced: compare again what was compared already: the database may be another.
    """
    source = visit.source
    mark = _mark_now(source)
    news = source.health.get(NEWS) or {}
    if mark and mark == source.connector_mark:
        if news:
            _note(source, None)
        return False
    if news.get("mark") == mark and news and mark and not is_forced:
        return False
    try:
        new = load(source.connector)
    except ConnectorError as error:
        if source.connector_mark:
            _note(source, {"mark": mark, "losses": [Loss("folder", "", str(error)).stored()]})
        return False
    if not source.connector_mark:  # from before there were copies, or just installed
        freeze(source, now=visit.now)
        return False
    found = what_is_lost(visit.connector, new, visit.connection)
    if found:
        _note(source, {"mark": mark, "losses": [loss.stored() for loss in found[:MOST_NAMED]]})
        return False
    adopt(visit, new)
    return True


def what_is_lost(old: Connector, new: Connector, connection: Connection) -> list[Loss]:
    """Return all that the new one would no longer give, the columns of its queries too."""
    found = list(losses(old, new))
    named = {(loss.document, loss.name) for loss in found}
    for kind, document in old.papers.items():
        if kind in new.papers:
            gone = _gone(document, new.papers[kind], connection)
            found += [loss for loss in gone if (loss.document, loss.name) not in named]
    return found


def _gone(old: DocumentType, new: DocumentType, connection: Connection) -> Iterator[Loss]:
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


def _paths(document: DocumentType, prefix: str, query: Query, connection: Connection) -> set[str]:
    columns = columns_of(connection, query)
    return {prefix + document.names.get(column, column) for column in columns}


def freeze(source: Source, *, now: datetime) -> None:
    """Keep the folder as it is: from now on the source works with this.

    Raises:
        ConnectorError: it is not there, or not well formed.
    """
    load(source.connector)
    mark = mark_of(source.connector)
    ConnectorCopy.objects.get_or_create(
        mark=mark,
        defaults={"name": source.connector, "files": files_of(source.connector), "kept_at": now},
    )
    source.connector_mark = mark
    Source.objects.filter(pk=source.pk).update(connector_mark=mark)


def adopt(visit: Visit, new: Connector) -> None:
    """Work with the changed folder; the past of what is judged otherwise is to be noted anew."""
    source, old = visit.source, visit.connector
    otherwise = judged_otherwise(old, new)
    if otherwise:
        states = DocumentState.objects.filter(source=source, process__in=otherwise)
        states.update(is_true=False)
        source.stocked = [name for name in source.stocked if name not in otherwise]
        Source.objects.filter(pk=source.pk).update(stocked=source.stocked)
    freeze(source, now=visit.now)
    _note(source, None)
    visit.connector = new


def is_news(source: Source) -> bool:
    """Say whether the folder is another than the one the source works with."""
    return bool(source.connector_mark) and _mark_now(source) != source.connector_mark


def news_of(source: Source) -> list[Loss]:
    """Return what the changed folder would take away, and what keeps it from being used."""
    news = source.health.get(NEWS) or {}
    return [Loss(**loss) for loss in news.get("losses", [])]


def why_not_adopted(source: Source) -> str:
    """Return in a sentence that the changed folder waits for somebody, "" when it does not."""
    found = news_of(source)
    if not found:
        return ""
    if found[0].kind == "folder":
        sentence = _("The changed connector cannot be used; the former one works on. %(why)s")
        return sentence % {"why": found[0].sentence}
    sentence = _(
        "The connector's folder was changed and would take something away (%(what)s). The former "
        "one works on until somebody agrees: on this page, or “source accept”."
    )
    return sentence % {"what": found[0].sentence}


def _note(source: Source, news: Entry | None) -> None:
    health = {name: value for name, value in source.health.items() if name != NEWS}
    source.health = health | ({NEWS: news} if news else {})
    source.save(update_fields=["health"])
