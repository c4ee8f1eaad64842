"""Is there anything to send? Without rows, below the line, or nothing new: then not (P6)."""

from collections.abc import Iterator
from decimal import Decimal

from emailketing.common.plain import Cell
from emailketing.common.said import in_each
from emailketing.common.said import say as _
from emailketing.content.kinds import local
from emailketing.content.sheet.kept import KeptSheet
from emailketing.schedule.models import Run
from emailketing.triggers.reports.definition.checks import limit_of
from emailketing.triggers.reports.models import Report, ReportRun
from emailketing.triggers.reports.running.ended import RunEnded
from emailketing.triggers.reports.running.read import ReadRun, sent_before


def judge_run(report: Report, read: ReadRun) -> None:
    """Let it pass, or end it with the reason.

    Raises:
        RunEnded: there is nothing to send.
    """
    if not read.kept.count:
        if report.when_empty == Report.Empty.SKIP:
            raise RunEnded(_("The listing has no rows."), Run.State.EMPTY)
        return
    if report.only_if and not _is_crossed(report, read.kept):
        label = in_each(lambda language: _heading(report, read.kept, language))
        words = {"column": label, "limit": str(report.only_if.get("value"))}
        sentence = (
            _("“%(column)s” is not above %(limit)s.")
            if report.only_if.get("op") == "gt"
            else _("“%(column)s” is not below %(limit)s.")
        )
        raise RunEnded(sentence % words, Run.State.EMPTY)
    if report.only_changed and _is_same(report, read.noted):
        raise RunEnded(_("Nothing changed since the last run."), Run.State.EMPTY)


def _heading(report: Report, kept: KeptSheet, language: str) -> str:
    name = str(report.only_if.get("column"))
    column = next(column for column in kept.columns if column.name == name)
    return local(column.label, language) or name


def _is_crossed(report: Report, kept: KeptSheet) -> bool:
    condition, limit = report.only_if, limit_of(report.only_if)
    numbers = _numbers(kept, str(condition.get("column")))
    compared = [sum(numbers, Decimal(0))] if condition.get("of") == "total" else numbers
    is_above = condition.get("op") == "gt"
    return any(value > limit if is_above else value < limit for value in compared)


def _numbers(kept: KeptSheet, name: str) -> Iterator[Decimal]:
    place = next(number for number, column in enumerate(kept.columns) if column.name == name)
    for row in kept.rows():
        if (number := exact(row[place])) is not None:
            yield number


def exact(value: Cell) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    return number if number.is_finite() else None


def _is_same(report: Report, noted: ReportRun) -> bool:
    last = sent_before(report, noted)
    return last is not None and last.fingerprint == noted.fingerprint
