"""Rows and files of runs are kept for a while, then go; what they take of the disk is told."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from emailketing.triggers.reports.models import ReportRun
from emailketing.triggers.reports.running.read import run_folder, runs_folder

AT_ONCE = 100  # runs
LEFT_ALONE = timedelta(days=1)  # a folder that no row knows: perhaps it is being written


@dataclass(frozen=True, slots=True)
class DiskUse:
    """What the runs of reports take: folders and bytes."""

    runs: int
    bytes: int


def expire_runs(now: datetime) -> int:
    """Forget rows and files whose time is over, and those of deleted reports; return how many.

    The log of the runs and the messages in the ledger stay.
    """
    due = list(ReportRun.objects.filter(is_kept=True, expires_at__lte=now)[:AT_ONCE])
    for noted in due:
        shutil.rmtree(run_folder(noted.run_id), ignore_errors=True)
    ReportRun.objects.filter(pk__in=[noted.pk for noted in due]).update(is_kept=False)
    return len(due) + _forget_orphans(now)


def _forget_orphans(now: datetime) -> int:
    folders = {int(one.name): one for one in _folders() if one.name.isdigit()}
    known = set(ReportRun.objects.filter(run_id__in=folders).values_list("run_id", flat=True))
    orphans = [folder for number, folder in folders.items() if number not in known]
    old = [folder for folder in orphans if _changed_at(folder) < now - LEFT_ALONE]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def _folders() -> list[Path]:
    try:
        return [folder for folder in runs_folder().iterdir() if folder.is_dir()]
    except OSError:
        return []


def _changed_at(folder: Path) -> datetime:
    try:
        return datetime.fromtimestamp(folder.stat().st_mtime, UTC)
    except OSError:
        return datetime.max.replace(tzinfo=UTC)


def disk_use() -> DiskUse:
    """Return what lies in the folder of the runs."""
    folders = _folders()
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return DiskUse(len(folders), sum(size_of_file(file) for file in files))


def size_of_file(file: Path) -> int:
    """Return its bytes; 0 where it is gone."""
    try:
        return file.stat().st_size
    except OSError:
        return 0
