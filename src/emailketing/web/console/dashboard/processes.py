"""Whether the processes run, by their signs of life."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from emailketing.company.beat import (
    ALIVE_WITHIN,
    PUBLIC,
    REPORTS,
    SENDING,
    is_published_alive,
    is_reporting_alive,
    is_sending_alive,
    is_worker_alive,
    last_beat,
)
from emailketing.company.models import WorkerProcess


@dataclass(frozen=True, slots=True)
class ProcessLine:
    """One process as the dashboard shows it."""

    title: str
    is_alive: bool
    seen: datetime | None


def process_lines(now: datetime) -> list[ProcessLine]:
    """Return the three parts; where several workers share the steps, each of them too."""
    lines = [
        ProcessLine(_("Reading and deciding"), is_worker_alive(now), last_beat()),
        ProcessLine(_("Sending"), is_sending_alive(now), last_beat(SENDING)),
        ProcessLine(_("Reports"), is_reporting_alive(now), last_beat(REPORTS)),
    ]
    if settings.PUBLIC_PORT:
        title = _("The published pages")
        lines.append(ProcessLine(title, is_published_alive(now), last_beat(PUBLIC)))
    workers = list(WorkerProcess.objects.all())
    if len(workers) > 1:
        lines += [_worker_line(worker, now) for worker in workers]
    return lines


def _worker_line(worker: WorkerProcess, now: datetime) -> ProcessLine:
    is_alive = abs(now - worker.seen_at) < ALIVE_WITHIN
    return ProcessLine(_("Worker %(name)s") % {"name": worker.name}, is_alive, worker.seen_at)
