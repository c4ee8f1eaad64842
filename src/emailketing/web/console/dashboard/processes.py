"""Whether worker and sending run, by their signs of life."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from emailketing.company.beat import (
    SENDING,
    is_sending_alive,
    is_worker_alive,
    last_beat,
)


@dataclass(frozen=True, slots=True)
class ProcessLine:
    """One process as the dashboard shows it."""

    title: str
    is_alive: bool
    seen: datetime | None


def process_lines(now: datetime) -> list[ProcessLine]:
    return [
        ProcessLine(_("Reading and deciding"), is_worker_alive(now), last_beat()),
        ProcessLine(_("Sending"), is_sending_alive(now), last_beat(SENDING)),
    ]
