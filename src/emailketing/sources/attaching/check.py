"""Test a source before anything is installed: does it answer, do all queries fit?"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from emailketing.common.language import active_language
from emailketing.common.said import parts_of
from emailketing.sources.connectors import Connector, in_language, load
from emailketing.sources.connectors.losses import Loss
from emailketing.sources.dialects.base import Dialect
from emailketing.sources.in_use import in_use, is_news
from emailketing.sources.link import connected_to
from emailketing.sources.models import Source
from emailketing.sources.undeclared import in_documents, in_tables
from emailketing.sources.upkeep.adopt import what_is_lost
from emailketing.sources.upkeep.neighbours import refuse_second_source
from emailketing.sources.validate import ConnectorProblem, paused, usable_watches, validate

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One thing that was looked at."""

    label: str
    value: str
    ok: bool = True


@dataclass(slots=True)
class SourceCheck:
    """What the check found; `paused` names the processes that cannot work, each with why.

    `losses`: what a changed folder would take away from a source that is attached.
    """

    lines: list[CheckLine] = field(default_factory=list)
    problems: list[ConnectorProblem] = field(default_factory=list)
    paused: dict[str, str] = field(default_factory=dict)
    losses: list[Loss] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems and not self.losses


def check_source(source: Source, *, now: datetime) -> SourceCheck:
    """Connect, run every query for no rows, and look whether capture stands.

    Raises:
        CaptureError, ConnectorError: one sentence, when there is no connection or no connector.
    """
    connector = load(source.connector)
    with connected_to(source) as (connection, dialect):
        refuse_second_source(source, connection, dialect)
        report = SourceCheck(lines=[CheckLine(_("Connection"), dialect.server(connection))])
        report.problems = validate(connector, connection)
        report.paused = paused(report.problems)
        _fill(report, connector, connection, dialect)
        if is_news(source):
            report.losses = what_is_lost(in_use(source), connector, connection)
    if source.pk and not is_news(source):
        source.paused_processes = report.paused
        told = parts_of(report.paused.values())
        source.health = {**source.health, "validated_at": now.isoformat(), "said": told}
        source.save(update_fields=["paused_processes", "health"])
    return report


def _fill(
    report: SourceCheck, connector: Connector, connection: "Connection", dialect: Dialect
) -> None:
    usable, unusable = usable_watches(connector, connection)
    total = len(usable) + len(unusable)
    report.lines.append(
        CheckLine(
            _("Tables to watch"),
            _("%(found)s of %(total)s") % {"found": len(usable), "total": total},
            ok=not unusable,
        )
    )
    for process in connector.processes.values():
        why = report.paused.get(process.name, "")
        label = in_language(process.label, active_language()) or process.name
        report.lines.append(CheckLine(label, why or _("all queries fit"), ok=not why))
    unsaid = (*in_documents(connector), *in_tables(connector, connection))
    report.lines += [CheckLine(*said) for said in unsaid]
    health = dialect.inspect(connection, usable)
    state = _("installed") if health.installed else _("not installed yet")
    report.lines.append(CheckLine(_("Capture"), state))
    report.lines += [CheckLine(*remark) for remark in dialect.remarks(health.own)]
