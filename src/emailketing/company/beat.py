"""The worker's sign of life: it writes the hour into a file every ten seconds."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

ALIVE_WITHIN = timedelta(seconds=45)


def beat_file() -> Path:
    return Path(settings.HOME) / "worker.beat"


def last_beat() -> datetime | None:
    """Return when the worker was last seen, None if never."""
    try:
        return datetime.fromisoformat(beat_file().read_text().strip())
    except (OSError, ValueError):
        return None


def is_worker_alive(now: datetime) -> bool:
    seen = last_beat()
    return (
        seen is not None and abs(now - seen) < ALIVE_WITHIN
    )  # one in the future is of a wrong clock
