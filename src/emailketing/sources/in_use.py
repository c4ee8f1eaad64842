"""The connector a source works with: its folder as somebody agreed to it, not as it is edited.

Whether a changed folder is taken over is decided in `upkeep/adopt.py`.
"""

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from emailketing.common.plain import Entry
from emailketing.common.reading import once
from emailketing.common.said import say as _
from emailketing.sources.connectors import Connector, ConnectorError, load
from emailketing.sources.connectors.losses import Loss
from emailketing.sources.connectors.shelf import files_of, load_kept, mark_of
from emailketing.sources.models import ConnectorCopy, Source

NEWS = "connector_news"  # in the health of a source
REREAD = "reread"  # and there: how many of a kind of party were read again; null: all


def in_use(source: Source) -> Connector:
    """Return the connector this source works with.

    Raises:
        ConnectorError: it is not there, or not well formed.
    """
    key = ("connector in use", source.connector, source.connector_mark)
    return once(key, lambda: _in_use(source))


def _in_use(source: Source) -> Connector:
    if not source.connector_mark or mark_now(source) == source.connector_mark:
        return load(source.connector)
    try:
        return _kept(source.connector_mark)
    except (ConnectorCopy.DoesNotExist, ConnectorError):  # our own format may have moved on
        return load(source.connector)


def mark_now(source: Source) -> str:
    try:
        return mark_of(source.connector)
    except ConnectorError:
        return ""


@lru_cache(maxsize=16)
def _kept(mark: str) -> Connector:
    copy = ConnectorCopy.objects.get(mark=mark)
    called = Path(copy.name).name or "connector"
    return load_kept(Path(settings.HOME) / "connectors-in-use" / mark / called, copy.files)


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


def is_news(source: Source) -> bool:
    """Say whether the folder is another than the one the source works with."""
    return bool(source.connector_mark) and mark_now(source) != source.connector_mark


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


def note_news(source: Source, news: Entry | None) -> None:
    health = {name: value for name, value in source.health.items() if name != NEWS}
    source.health = health | ({NEWS: news} if news else {})
    source.save(update_fields=["health"])
