"""The files of a run as its readers got them, until they expire."""

import hashlib
import json
import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.cache import cache

from emailketing.content.sheet.column import Column
from emailketing.content.sheet.kept import KeptMissing, open_kept
from emailketing.schedule.models import Run
from emailketing.triggers.reports.definition.checks import columns_of
from emailketing.triggers.reports.models import Report, ReportRun
from emailketing.triggers.reports.running.expire import DiskUse, size_of_file
from emailketing.triggers.reports.running.read import kept_file, run_folder

ANSWER_KEPT, SILENCE_KEPT = 60 * 60, 60  # seconds: what a listing told of its columns


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a run: for readers of this language."""

    number: int
    path: Path
    language: str
    size: int

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def mime_type(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


def files_of_run(run_id: int) -> list[KeptFile]:
    """Return what is still there, in an order that stays."""
    found = sorted((run_folder(run_id) / "files").glob("*/*/*"))
    files = [path for path in found if path.is_file() and not path.name.startswith(".")]
    return [
        KeptFile(number, path, path.parent.name, size_of_file(path))
        for number, path in enumerate(files, 1)
    ]


def known_columns(report: Report, *, now: datetime) -> tuple[Column, ...]:
    """Return the columns, to call them by their labels; before the first run the listing is asked.

    Not at each look: what it answered is remembered.
    """
    return last_columns(report) or _told_columns(report, now)


def _told_columns(report: Report, now: datetime) -> tuple[Column, ...]:
    asked = json.dumps([report.pk, report.listing, report.values], sort_keys=True)
    key = f"report-columns:{hashlib.sha256(asked.encode()).hexdigest()}"
    found: tuple[Column, ...] | None = cache.get(key)
    if found is None:
        found = columns_of(report, now=now) or ()
        cache.set(key, found, ANSWER_KEPT if found else SILENCE_KEPT)
    return found


def last_columns(report: Report) -> tuple[Column, ...]:
    """Return the columns as the newest run that is kept read them; none where none is."""
    noted = ReportRun.objects.filter(report=report, is_kept=True).order_by("-pk").first()
    try:
        return open_kept(kept_file(noted.run_id)).columns if noted else ()
    except KeptMissing:
        return ()


def disk_use_of(runs: Iterable[Run]) -> DiskUse:
    """Return what these runs take."""
    folders = [folder for run in runs if (folder := run_folder(run.pk)).is_dir()]
    files = (file for folder in folders for file in folder.rglob("*") if file.is_file())
    return DiskUse(len(folders), sum(map(size_of_file, files)))
