"""The signs of life of the processes: each writes the hour into a file every ten seconds."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

ALIVE_WITHIN = timedelta(seconds=45)
WORKER, SENDING, REPORTS, PUBLIC = "worker", "sending", "reports", "public"


def beat_file(name: str = WORKER) -> Path:
    return Path(settings.HOME) / f"{name}.beat"


def last_beat(name: str = WORKER) -> datetime | None:
    """Return when it was last seen, None if never."""
    try:
        return datetime.fromisoformat(beat_file(name).read_text().strip())
    except (OSError, ValueError):
        return None


def give_beat(name: str, number: int, now: datetime) -> None:
    """Write the sign of life, whole: each of several workers by a file of its own `number`.

    Raises:
        OSError: the folder takes no file.
    """
    new = beat_file(name).with_suffix(f".{number}.new")
    new.write_text(now.isoformat())
    new.replace(beat_file(name))


def is_worker_alive(now: datetime) -> bool:
    return _is_alive(WORKER, now)


def is_sending_alive(now: datetime) -> bool:
    return _is_alive(SENDING, now)


def is_reporting_alive(now: datetime) -> bool:
    return _is_alive(REPORTS, now)


def is_published_alive(now: datetime) -> bool:
    """Say whether the published side answers; true where nothing is published."""
    return not settings.PUBLIC_PORT or _is_alive(PUBLIC, now)


def _is_alive(name: str, now: datetime) -> bool:
    seen = last_beat(name)
    # one in the future is of a wrong clock
    return seen is not None and abs(now - seen) < ALIVE_WITHIN
