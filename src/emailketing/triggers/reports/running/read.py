"""Read the listing once and keep it: whatever a run writes comes from that file (P5, P7)."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from emailketing.common.os_errors import why
from emailketing.common.plain import Cell, Values
from emailketing.common.said import say as _
from emailketing.common.said import sentence_of
from emailketing.common.unwanted import OnUnwanted, always_wanted
from emailketing.content.sheet.column import ColumnError
from emailketing.content.sheet.kept import KeptMissing, KeptSheet, open_kept, write_kept
from emailketing.listings.ask import ask
from emailketing.listings.errors import ListingError
from emailketing.listings.reading.errors import ReadCancelled
from emailketing.listings.reading.limits import WHOLE, Limits
from emailketing.schedule.models import Run
from emailketing.sources.capture.errors import CaptureError, ConnectionFailed
from emailketing.sources.connectors import ConnectorError
from emailketing.triggers.reports.definition.asked import (
    listing_of,
    values_before,
)
from emailketing.triggers.reports.definition.checks import column_problems
from emailketing.triggers.reports.definition.zone import zone_of_report
from emailketing.triggers.reports.models import Report, ReportRun
from emailketing.triggers.reports.running.ended import RunEnded, RunLost

MOST_COMPARED = 200_000  # rows that are held to mark what is new


@dataclass(frozen=True, slots=True)
class ReadRun:
    """The rows of a run, and what is noted of them."""

    kept: KeptSheet
    noted: ReportRun


def runs_folder() -> Path:
    return Path(settings.HOME) / "runs"


def run_folder(run_id: int) -> Path:
    """The rows and files of a run, until they expire."""
    return runs_folder() / str(run_id)


def kept_file(run_id: int) -> Path:
    return run_folder(run_id) / "all.sheet"


def files_folder(run_id: int, share: str) -> Path:
    return run_folder(run_id) / "files" / share


def read_run(
    report: Report, run: Run, *, now: datetime, on_unwanted: OnUnwanted, limits: Limits = WHOLE
) -> ReadRun:
    """Return the rows; those that a worker read who died are not asked for again.

    Raises:
        RunEnded: the listing gives no answer, or more than may be kept.
        RunLost: the reading was cancelled.
    """
    noted = ReportRun.objects.filter(run=run).first()
    if noted is not None:
        with suppress(KeptMissing):
            return ReadRun(open_kept(kept_file(run.pk)), noted)
    kept = keep_rows(report, run.instant, kept_file(run.pk), on_unwanted=on_unwanted, limits=limits)
    values = {
        "report": report,
        "read_at": now,
        "expires_at": now + timedelta(days=report.keep_days),
        "fingerprint": fingerprint_of(kept) if report.only_changed else "",
        "is_kept": True,
        "asked": asked_of(report),
    }
    return ReadRun(kept, ReportRun.objects.update_or_create(run=run, defaults=values)[0])


def keep_rows(
    report: Report,
    instant: datetime,
    path: Path,
    *,
    on_unwanted: OnUnwanted = always_wanted,
    limits: Limits = WHOLE,
    values: Values | None = None,
) -> KeptSheet:
    """Ask the listing and keep its rows in a file.

    Raises:
        RunEnded: it gives no answer, or more than may be kept.
        RunLost: the reading was cancelled.
    """
    try:
        with ask(
            listing_of(report).listing,
            report.values if values is None else values,
            now=instant,
            in_words=False,  # each reader has his own
            zone=zone_of_report(report),
            limits=limits,
            on_unwanted=on_unwanted,
        ) as answer:
            if problems := list(column_problems(report, answer.columns)):
                raise RunEnded(problems[0])
            column = report.rows_by.get("column")
            kept = write_kept(path, answer.columns, answer.rows, indexed=[column] if column else ())
            if answer.was_cut:
                kept.path.unlink(missing_ok=True)
                sentence = _("The listing has more than %(most)s rows: ask for fewer of them.")
                raise RunEnded(sentence % {"most": limits.rows})
            return kept
    except ReadCancelled as error:
        raise RunLost from error
    except ConnectionFailed as error:
        raise RunEnded(sentence_of(error), may_help_later=True) from error
    except (ListingError, CaptureError, ConnectorError, ColumnError) as error:
        raise RunEnded(sentence_of(error)) from error
    except OSError as error:
        words = {"folder": runs_folder(), "why": why(error)}
        sentence = _("The rows cannot be kept in %(folder)s: %(why)s. Make room.") % words
        raise RunEnded(sentence, may_help_later=True) from error


def read_before(report: Report, run: Run, *, on_unwanted: OnUnwanted) -> KeptSheet | None:
    """Return the rows of the period it is compared with; None: it is compared with none.

    Raises:
        RunEnded, RunLost: as `keep_rows`.
    """
    values = values_before(report, run.instant)
    if values is None:
        return None
    path = run_folder(run.pk) / "before" / "all.sheet"
    with suppress(KeptMissing):
        return open_kept(path)
    return keep_rows(report, run.instant, path, on_unwanted=on_unwanted, values=values)


def rows_known(report: Report, noted: ReportRun) -> Callable[[Sequence[Cell]], bool] | None:
    """Return what says of a row whether the run before did not have it; None: nobody asks."""
    if not report.only_changed:
        return None
    last = sent_before(report, noted)
    try:
        kept = open_kept(kept_file(last.run_id)) if last is not None else None
    except KeptMissing:
        return None
    if kept is None or kept.count > MOST_COMPARED:
        return None
    known = {tuple(map(str, row)) for row in kept.rows()}
    return lambda row: tuple(map(str, row)) not in known


def sent_before(report: Report, noted: ReportRun) -> ReportRun | None:
    """Return the newest run that everybody got, but this one."""
    sent = ReportRun.objects.filter(report=report, run__state=Run.State.SENT, run__only_to="")
    return sent.exclude(pk=noted.pk).order_by("-run__instant").first()


def asked_of(report: Report) -> str:
    """Return what is the same as long as a report asks the same: only such runs are compared."""
    asked = json.dumps([report.listing, report.values], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()


def fingerprint_of(kept: KeptSheet) -> str:
    """Return what is the same as long as all rows are."""
    hashed = hashlib.sha256()
    for line in _lines(kept.rows()):
        hashed.update(line)
    return hashed.hexdigest()


def _lines(rows: Iterable[tuple[Cell, ...]]) -> Iterator[bytes]:
    for row in rows:
        yield json.dumps([str(cell) if cell is not None else None for cell in row]).encode()
