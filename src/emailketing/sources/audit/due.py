"""The step of the worker that tells of changes: each once, when its burst is over."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import translation
from sqlalchemy.exc import SQLAlchemyError

from emailketing.common.document import Document, as_json
from emailketing.company.links import link_to
from emailketing.company.models import Company
from emailketing.events.record import Happening, record
from emailketing.sources.audit.bursts import (
    LIGHT,
    Burst,
    Light,
    TouchedTables,
    bursts,
    in_transactions,
)
from emailketing.sources.audit.choices import chosen as with_choices
from emailketing.sources.audit.document import MOST_CHILDREN, MOST_ROWS, DocumentTeller
from emailketing.sources.audit.groups import (
    RecordGroup,
    Story,
    grown_up,
    put_in_groups,
    stories,
    told,
)
from emailketing.sources.audit.languages import readers_languages, told_in
from emailketing.sources.audit.names import Names
from emailketing.sources.audit.naming import name_rows
from emailketing.sources.audit.roots import place
from emailketing.sources.audit.routine import newborn
from emailketing.sources.audit.values import ValueWords
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import Connector, ConnectorError
from emailketing.sources.connectors.audit import CHANGED, DELETED, DOCUMENT_TYPE
from emailketing.sources.in_use import in_use
from emailketing.sources.link import connected_to
from emailketing.sources.models import CapturedChange, Source

if TYPE_CHECKING:
    from sqlalchemy import Connection

logger = logging.getLogger(__name__)
AT_ONCE = 500  # changes with their values in memory
NAMED_AT_ONCE = 2_000  # changes given their words in one turn
MOST = 50_000  # changes looked at in one turn
MOST_OWN = 100  # changes of one record in one transaction
MASS = 20  # more records than these are told as one


@dataclass(slots=True)
class Telling:
    """A burst on its way to events: which rows, and under which key they are told."""

    happenings: list[Happening] = field(default_factory=list)
    told_in: list[tuple[str, list[int]]] = field(default_factory=list)

    def add(
        self, source: Source, kind: str, groups: Sequence[RecordGroup], document: Document
    ) -> None:
        first = groups[0].first
        if first is None:
            return
        document["key"] = first.uid
        document["choose_url"] = link_to("table", source.pk, groups[0].telling_table)
        self.told_in.append((first.uid, [pk for group in groups for pk in group.told_pks]))
        self.happenings.append(
            Happening(
                source=source.slug,
                change=f"{kind}:{first.uid}",
                kind=kind,
                occurred_at=first.at,
                document_type=DOCUMENT_TYPE,
                document_key=first.uid,
                document_label=document["label"],
                actor=document["actor"],
                data={"document": as_json(document), "before": {}},
            )
        )

    def pks(self) -> set[int]:
        return {pk for _key, pks in self.told_in for pk in pks}


def has_untold() -> bool:
    """Whether there is anything to look at: idle must be cheap."""
    return CapturedChange.objects.filter(audited_at=None).order_by().exists()


def audit_due(now: datetime) -> int:
    """Tell of every burst of changes that is over; return how many changes were looked at."""
    with translation.override(Company.get().language):
        return sum(_turn(source, now) for source in Source.objects.all())


def _turn(source: Source, now: datetime) -> int:
    waiting = CapturedChange.objects.filter(source=source, audited_at=None)
    if not waiting.order_by().exists():
        return 0
    try:
        connector = in_use(source)
    except ConnectorError:
        return 0
    if connector.audit is None:  # nothing is told of what happened before there is one
        return waiting.update(audited_at=now)
    audit = with_choices(source, connector.audit)
    rows, tables = in_transactions(
        (Light(*row) for row in waiting.order_by("pk").values_list(*LIGHT)[:MOST]), audit
    )
    over = [burst for burst in bursts(rows, audit) if burst.is_over(now)]
    done = 0
    for burst in over:
        done += _tell(source, connector, burst, tables, now=now)
    return done


def _tell(
    source: Source,
    connector: Connector,
    burst: Burst,
    tables: TouchedTables,
    *,
    now: datetime,
) -> int:
    company, audit = Company.get(), tables.audit
    with ExitStack() as stack:
        business = _connection(stack, source)
        if business is None and not burst.has_waited(now):
            return 0  # it may be back in a moment: then we know what the records are called
        words = ValueWords(audit, company.language, company.currency, company.time_zone)
        names = Names(connector, words, business)
        if some := [row.pk for row in burst.rows if not row.record][:NAMED_AT_ONCE]:
            _name(some, tables, names, {row.pk: row.actor for row in burst.rows})
        if len(some) == NAMED_AT_ONCE:
            return len(some)  # the other steps have their turn in between
        groups = told(_groups(source, burst, tables, names), audit)
        telling = _events(source, DocumentTeller(words, names), grown_up(source, groups))
    if _write(telling, [row.pk for row in burst.rows], now=now):
        return len(burst.rows)
    logger.info("source %s: another worker told of these changes", source.slug)
    return 0


def _connection(stack: ExitStack, source: Source) -> "Connection | None":
    """A connection of our own: the one that is kept for reading belongs to another thread."""
    try:
        connection, _dialect = stack.enter_context(connected_to(source))
    except (CaptureError, SQLAlchemyError):
        return None
    return connection


def _groups(source: Source, burst: Burst, tables: TouchedTables, names: Names) -> list[RecordGroup]:
    groups: dict[tuple[str, str], RecordGroup] = {}
    for changes in _in_blocks([row.pk for row in burst.rows]):
        names.learn(changes)
        completing = newborn(source, changes)
        put_in_groups(groups, place(changes, tables, names), tables.audit, completing)
        names.forget_many()
    return list(groups.values())


def _name(
    pks: Sequence[int], tables: TouchedTables, names: Names, actors: Mapping[int, str]
) -> None:
    for changes in _in_blocks(pks):
        names.learn(changes)
        name_rows(list(place(changes, tables, names)), names, actors=actors)
        names.forget_many()


def _in_blocks(pks: Sequence[int]) -> Iterator[list[CapturedChange]]:
    for start in range(0, len(pks), AT_ONCE):
        found = CapturedChange.objects.filter(pk__in=pks[start : start + AT_ONCE])
        yield list(found.order_by("pk"))


def _events(source: Source, teller: DocumentTeller, groups: Sequence[RecordGroup]) -> Telling:
    """Make one event of each record, or one of all that one person did when they are many."""
    telling = Telling()
    languages = readers_languages(teller.words.language)
    sorts: dict[tuple[str, str, str], list[RecordGroup]] = {}
    for group in groups:
        kind = DELETED if group.operation == "deleted" else CHANGED
        sorts.setdefault((kind, group.table, group.actor), []).append(group)
    for (kind, table, _actor), chosen in sorts.items():
        if len(chosen) > MASS:
            few = [pk for group in chosen[:MOST_ROWS] for pk in group.told_pks][: 2 * MOST_ROWS]
            many = partial(DocumentTeller.many, table=table, groups=chosen, told=_stories(few))
            telling.add(source, kind, chosen, told_in(languages, teller, many))
            continue
        names = teller.names
        keys = [group.key for group in chosen]
        names.fetch(table, names.key_of(table), keys, names.columns_of(table))
        for group in chosen:
            told_of = [*group.own[:MOST_OWN], *group.told_pks[: 2 * MOST_CHILDREN]]
            one = partial(DocumentTeller.one, group=group, told=_stories(told_of))
            telling.add(source, kind, [group], told_in(languages, teller, one))
    return telling


def _stories(pks: Sequence[int]) -> list[Story]:
    return stories(CapturedChange.objects.filter(pk__in=pks).order_by("pk"))


def _write(telling: Telling, looked_at: Sequence[int], *, now: datetime) -> bool:
    """Events and marks in one transaction: killed in between, both are made again or both stand.

    Returns:
        False: another worker has told of them meanwhile; nothing was written.
    """
    with transaction.atomic():
        marked = 0
        for key, pks in telling.told_in:
            marked += _mark(pks, now, key)
        marked += _mark(sorted(set(looked_at) - telling.pks()), now, "")
        if marked != len(looked_at):
            transaction.set_rollback(True)
            return False
        record(telling.happenings, now=now)
    return True


def _mark(pks: Sequence[int], now: datetime, key: str) -> int:
    marked = 0
    for start in range(0, len(pks), AT_ONCE):
        rows = CapturedChange.objects.filter(pk__in=pks[start : start + AT_ONCE], audited_at=None)
        marked += rows.update(audited_at=now, audit_key=key)
    return marked
