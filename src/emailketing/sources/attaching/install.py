"""Bring capture into a business database, show beforehand what that does, mend it, take it out."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.company.identity import check_identity, confirm_identity, forget_identity
from emailketing.company.models import Company, SafeMode
from emailketing.sources.attaching.import_contacts import import_contacts
from emailketing.sources.attaching.reach import readable_tables
from emailketing.sources.capture.base import WatchedTable
from emailketing.sources.capture.errors import MissingRights
from emailketing.sources.connectors import Connector
from emailketing.sources.dialects.base import Dialect
from emailketing.sources.in_use import in_use
from emailketing.sources.judging.gather import SourceSession
from emailketing.sources.judging.take_stock import catch_up
from emailketing.sources.link import connected_to
from emailketing.sources.models import DocumentState, Source
from emailketing.sources.snapshots.store import drop_pictures
from emailketing.sources.snapshots.take import WHEN_INSTALLING, take_pictures
from emailketing.sources.upkeep.health import look, revalidate
from emailketing.sources.upkeep.missed import note_misses
from emailketing.sources.upkeep.neighbours import (
    AttachedByAnother,
    is_anothers,
    mark_there,
    refuse_neighbours,
    refuse_second_source,
    words_of,
)
from emailketing.sources.upkeep.put_right import is_blind, note_blindness
from emailketing.sources.upkeep.turns import KnownMark, begin, here, remember
from emailketing.sources.validate import refuse_bad_keys, usable_watches, validate
from emailketing.sources.visit import Visit

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class InstallPlan:
    """What installing would do: shown, and downloaded for a DBA, before anything is done."""

    statements: list[str] = field(default_factory=list)
    script: str = ""
    grants: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    neighbour: str = ""  # another installation is attached: taking over must be said


def plan(source: Source, *, installer: str = "", puller: str = "") -> InstallPlan:
    """Return the SQL that `install` would run, changing nothing.

    Args:
        source: which one.
        installer: the database account that would run it (default: the source's own).
        puller: the account that reads afterwards (default: the source's own).

    Raises:
        CaptureError, ConnectorError: one sentence.
    """
    connector = in_use(source)
    with connected_to(source) as (connection, dialect):
        refuse_second_source(source, connection, dialect)
        mark = mark_there(connection, dialect)
        watches, warnings = usable_watches(connector, connection)
        warnings += [p.sentence for p in validate(connector, connection) if p.forbids]
        reader = puller or source.username
        statements = dialect.plan(
            connection, watches, identity_id=_mark(source), puller=_role(dialect, reader)
        )
        health = dialect.inspect(connection, watches)
        warnings += [sentence for _label, sentence in dialect.remarks(health.own)]
        if dialect.refuses_to_drop:
            warnings.append(before_an_upgrade(dialect))
        return InstallPlan(
            statements=statements,
            script=dialect.script(statements),
            grants=_grants(source, connector, connection, dialect, (installer, reader)),
            warnings=warnings,
            neighbour=str(AttachedByAnother(**words_of(mark))) if is_anothers(source, mark) else "",
        )


def install(source: Source, *, by: Who | str, now: datetime, take_over: bool = False) -> None:
    """Install capture, note every document as it is, and import the contacts.

    A script run by a DBA beforehand is recognised: then nothing is installed again.

    Args:
        source: which one.
        by: who brings it in.
        now: when.
        take_over: though another installation is attached; it stops reading then.

    Raises:
        CaptureError, ConnectorError: one sentence; the database is as it was.
    """
    connector = in_use(source)
    with connected_to(source) as (connection, dialect):
        refuse_bad_keys(validate(connector, connection))
        _mark(source)
        before = refuse_neighbours(source, connection, dialect, take_over=take_over)
        watches, _unusable = usable_watches(connector, connection)
        _install_or_recognise(source, connection, dialect, watches)
        check_identity(source.scope, dialect.identity(connection), now=now)
        visit = Visit(source, connector, connection, dialect, now)
        begin(visit, before)
        _end_being_taken_over(source, now)
        revalidate(visit)
        if source.installed_at is None:
            import_contacts(source, connector, connection, now=now)
        source.installed_at = source.installed_at or now
        source.status = Source.Status.WORKING
        with transaction.atomic():
            source.save()
            note("installed", by=by, now=now, about=source)
        look(visit)
        take_pictures(visit, watches, patience=WHEN_INSTALLING)


def repair(source: Source, *, by: Who | str, now: datetime) -> None:
    """Make triggers and tables as they should be, as somebody asks.

    Raises:
        CaptureError, ConnectorError: one sentence.
    """
    mend(source, now=now)
    # what was done to the business database cannot be taken back
    note("repaired", by=by, now=now, about=source)


def mend(source: Source, *, now: datetime) -> None:
    """Make triggers and tables as they should be, and look for what went by unnoticed.

    Raises:
        CaptureError, ConnectorError: one sentence.
    """
    connector = in_use(source)
    with connected_to(source) as (connection, dialect):
        before = refuse_neighbours(source, connection, dialect)
        watches, _unusable = usable_watches(connector, connection)
        health = dialect.inspect(connection, watches)
        visit = Visit(source, connector, connection, dialect, now)
        # also when our whole schema is gone, and when single changes could not be noted (C9)
        was_blind = is_blind(health) or bool(health.misses)
        note_blindness(visit, health)
        dialect.repair(connection, watches, identity_id=_mark(source))
        note_misses(visit, health)
        begin(visit, before)
        revalidate(visit)
        if was_blind and source.installed_at is not None:
            session = SourceSession(source, connector, connection, Company.get().language, now)
            catch_up(session)
        look(visit)


def remove(source: Source, *, by: Who | str, now: datetime) -> None:
    """Take capture out of the business database without a trace; rules and history stay.

    Changes not read yet are gone with it. What another installation took over stays there: only
    we forget.
    """
    with connected_to(source) as (connection, dialect):
        if not is_anothers(source, mark_there(connection, dialect)):
            dialect.remove(connection)
    with transaction.atomic():
        _forget(source, now)
        note("removed", by=by, now=now, about=source)
    remember(source, KnownMark())


def _forget(source: Source, now: datetime) -> None:
    forget_identity(source.scope)
    DocumentState.objects.filter(source=source).delete()
    source.pending.all().delete()
    drop_pictures(source)
    source.gaps.filter(end=None).update(end=now)
    source.unmatched.all().delete()
    source.status, source.problem, source.backlog = Source.Status.NEW, "", 0
    source.health, source.paused_processes, source.stocked = {}, {}, []
    source.installed_at, source.checked_at, source.connector_mark = None, now, ""
    source.save()


def _end_being_taken_over(source: Source, now: datetime) -> None:
    if SafeMode.objects.filter(
        scope=source.scope, kind=SafeMode.Kind.TAKEN_OVER, confirmed_at=None
    ).exists():
        confirm_identity(source.scope, by=here(), now=now)


def before_an_upgrade(dialect: Dialect) -> str:
    """The business program's own DROP COLUMN is refused because of our trigger (C19)."""
    sentence = _(
        "Before an upgrade of the business system press “Pause for an upgrade” on the page of the"
        " source, and “Go on reading” afterwards: while our triggers stand, %(database)s refuses"
        " to drop a column that they name, and the upgrade would fail."
    )
    return sentence % {"database": dialect.title}


def _mark(source: Source) -> str:
    """Return the random id that is kept in both places (C20)."""
    if not source.installation:
        source.installation = secrets.token_hex(16)
        if source.pk:
            source.save(update_fields=["installation"])
    return source.installation


def _role(dialect: Dialect, reader: str) -> str | None:
    return reader or None if dialect.has_accounts else None


def _grants(
    source: Source,
    connector: Connector,
    connection: "Connection",
    dialect: Dialect,
    roles: tuple[str, str],
) -> list[str]:
    installer, reader = roles
    watches, _unusable = usable_watches(connector, connection)
    grants = dialect.grants(
        watches,
        installer=installer or source.username or "emailketing",
        puller=reader or "emailketing",
        database=source.database,
    )
    return [*grants, *readable_tables(connector, connection, reader or "emailketing")]


def _install_or_recognise(
    source: Source, connection: "Connection", dialect: Dialect, watches: list[WatchedTable]
) -> None:
    mark = _mark(source)
    try:
        dialect.install(
            connection, watches, identity_id=mark, puller=_role(dialect, source.username)
        )
    except MissingRights:
        health = dialect.inspect(connection, watches)
        stands = health.installed and not health.needs_repair
        if not stands or dialect.identity(connection).get("installation") != mark:
            raise


def warning_before_removal(source: Source) -> str:
    """Say what would be lost."""
    if not source.backlog:
        return ""
    return _("%(count)s changes have not been read yet and would be lost.") % {
        "count": source.backlog
    }
