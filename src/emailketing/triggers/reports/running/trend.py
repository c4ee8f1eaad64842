"""What the key figures of a report came to in its runs before: for their trend (P10)."""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from emailketing.common.plain import Cell
from emailketing.content.sheet.kept import KeptMissing, open_kept
from emailketing.content.sheet.trend import MOST_RUNS
from emailketing.schedule.models import Run
from emailketing.triggers.reports.models import Report, ReportRun
from emailketing.triggers.reports.running.read import asked_of, kept_file
from emailketing.triggers.reports.running.shown import figures_of

Past = Mapping[str, tuple[Cell, ...]]  # name of a figure → its values, the oldest first


def past_of(report: Report, instant: datetime) -> Past:
    """Return what the runs before came to that asked the same, as long as their rows are kept."""
    found: dict[str, tuple[Cell, ...]] = defaultdict(tuple)
    if not report.trend or not report.pk:
        return found
    sent = ReportRun.objects.filter(
        report=report,
        is_kept=True,
        asked=asked_of(report),
        run__state=Run.State.SENT,
        run__only_to="",
        run__instant__lt=instant,
    ).order_by("-run__instant")
    for noted in reversed(sent[: MOST_RUNS - 1]):
        with suppress(KeptMissing):
            sheet = open_kept(kept_file(noted.run_id))
            for figure in figures_of(report, sheet, None):
                found[figure.name] += (figure.value,)
    return found
