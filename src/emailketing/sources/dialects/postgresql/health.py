"""How capture is in a PostgreSQL database: what waits, what was missed, what does not fit (C23)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from emailketing.sources.capture.base import (
    HEARTBEAT,
    MOST_COUNTED,
    Health,
    Miss,
    TableMisses,
    TableShape,
    WatchedTable,
    lost_secrets,
)
from emailketing.sources.capture.errors import TableNotFound
from emailketing.sources.dialects.postgresql import plan as plans
from emailketing.sources.dialects.postgresql import sql
from emailketing.sources.dialects.postgresql.role import strangers

MOST_MISSES = 20
_COUNT = text("""
    SELECT (SELECT count(*) FROM (SELECT FROM emk.change LIMIT :most) m) AS waiting,
           (SELECT at FROM emk.change ORDER BY uid LIMIT 1) AS oldest""")
_MISSED = text("""
    SELECT coalesce(tbl, '') AS tbl, min(at) AS first, max(at) AS last, count(*) AS lines,
           count(*) FILTER (WHERE whole IS NULL) AS lost, coalesce(sum(whole), 0)::int AS noted,
           (array_agg(reason ORDER BY at))[1] AS reason
    FROM emk.miss WHERE at IS NOT NULL GROUP BY 1 ORDER BY 1""")


def health_of(connection: Connection, watches: Sequence[WatchedTable]) -> Health:
    """Look at everything, changing nothing."""
    now = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    damaged = plans.damaged_tables(connection)
    triggers = plans.standing_triggers(connection)
    installed = bool(triggers) or len(damaged) < len(sql.TABLES)
    health = Health(installed=installed, now=now.astimezone(UTC))
    if installed:
        health.damaged = [f"{sql.SCHEMA}.{table}" for table in damaged]
        health.unseen = list(plans.unseen(connection, watches))
        _fill(connection, health, damaged)
        _compare(connection, watches, triggers=triggers, health=health, damaged=damaged)
    return health


def _fill(connection: Connection, health: Health, damaged: Sequence[str]) -> None:
    if "change" not in damaged:
        row = connection.execute(_COUNT, {"most": MOST_COUNTED}).one()
        health.waiting, health.oldest_at = row.waiting, utc(row.oldest)
    if "state" not in damaged:
        state = connection.execute(text("SELECT * FROM emk.state")).first()
        health.lease_until = utc(state.lease_until) if state else None
        health.heartbeat_seen = utc(state.heartbeat_seen) if state else None
    if "heartbeat" not in damaged:
        at = connection.execute(text("SELECT at FROM emk.heartbeat WHERE id = 1")).scalar()
        health.heartbeat_sent = utc(at)
    if "miss" not in damaged:
        found = connection.execute(
            text("SELECT at, tbl, op, reason, whole FROM emk.miss ORDER BY at DESC LIMIT :most"),
            {"most": MOST_MISSES},
        )
        health.missed = _missed(connection)
        health.misses = [
            Miss(row.at.astimezone(UTC), row.tbl or "", row.op or "", row.reason or "", row.whole)
            for row in found
        ]


def _missed(connection: Connection) -> list[TableMisses]:
    found = connection.execute(_MISSED).all()
    is_capped = sum(row.lines for row in found) >= sql.MOST_MISSES
    return [
        TableMisses(
            table=row.tbl,
            first=row.first.astimezone(UTC),
            last=row.last.astimezone(UTC),
            lost=row.lost,
            noted=row.noted,
            reason=row.reason or "",
            is_capped=is_capped,
        )
        for row in found
    ]


def _compare(
    connection: Connection,
    watches: Sequence[WatchedTable],
    *,
    triggers: set[plans.StandingTrigger],
    health: Health,
    damaged: Sequence[str],
) -> None:
    """Note whose triggers are gone and whose no longer fit (C19)."""
    kept: dict[str, str] = {}
    if "shape" not in damaged:
        found = connection.execute(text("SELECT label, fingerprint FROM emk.shape"))
        kept = {row.label: row.fingerprint for row in found}
    shapes: dict[str, TableShape] = {HEARTBEAT: plans.OWN_SHAPE}
    for watch in watches:
        try:
            shapes[watch.label] = plans.describe(connection, watch)
        except TableNotFound:
            health.missing.append(watch.label)
    owners = strangers(connection)
    health.runs_as = [owner.name for owner in owners]
    risky = frozenset[str]().union(*(owner.functions for owner in owners if owner.is_super))
    for label, shape in shapes.items():
        wanted = plans.wanted_triggers(shape, label)
        if not wanted <= triggers:
            health.missing.append(label)
        elif kept.get(label) != shape.fingerprint or risky & {t.function for t in wanted}:
            health.drifted.append(label)
            health.lost_secrets += [f"{label}.{name}" for name in lost_secrets(shape)]


def utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
