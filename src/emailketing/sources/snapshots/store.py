"""Pictures in HOME: one small file a table, key → row as an insert would note it, secrets masked.

They are no backup and need none: without a picture a gap is shown as “not compared”.
"""

import gzip
import hashlib
import json
import logging
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from emailketing.common.plain import Values
from emailketing.sources.freeze import plain_json
from emailketing.sources.models import Source

logger = logging.getLogger(__name__)
MOST_ROWS = 200_000  # a larger table is not compared, and the line of the gap says so
ENDING = ".jsonl.gz"


@dataclass(slots=True)
class Picture:
    """A table as it was; `rows` holds each row as the JSON that it is in the file."""

    table: str
    taken_at: datetime  # by our clock
    rows: dict[str, str]
    why_not: str = ""  # the table cannot be compared: in words


def written(values: Values) -> str:
    """Return JSON that is the same for the same values."""
    plain = plain_json(values)
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def save_picture(source: Source, picture: Picture) -> bool:
    """Put it in the place of the last one; when that cannot be, there is none."""
    path = _path(source, picture.table)
    head = {
        "table": picture.table,
        "taken_at": picture.taken_at.isoformat(),
        "why_not": picture.why_not,
    }
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        with gzip.open(new, "wt", encoding="utf-8", compresslevel=3) as file:
            file.write(json.dumps(head) + "\n")
            file.writelines(f"{key}\t{row}\n" for key, row in picture.rows.items())
        new.chmod(0o600)
        new.replace(path)
    except OSError as error:
        logger.warning("source %s: no picture of %s: %s", source.slug, picture.table, error)
        drop_picture(source, picture.table)
        return False
    return True


def load_picture(source: Source, table: str) -> Picture | None:
    """Return the last picture; None when there is none, or it cannot be read."""
    try:
        with gzip.open(_path(source, table), "rt", encoding="utf-8", newline="\n") as file:
            head = json.loads(file.readline())
            rows = dict(_pair(line) for line in file)
    except (OSError, EOFError, ValueError) as error:
        if not isinstance(error, FileNotFoundError):
            logger.warning("source %s: the picture of %s is lost: %s", source.slug, table, error)
        return None
    return Picture(table, datetime.fromisoformat(head["taken_at"]), rows, head["why_not"])


def taken_at(source: Source, table: str) -> float | None:
    """Return when the file was written, None when there is none."""
    try:
        return _path(source, table).stat().st_mtime
    except OSError:
        return None


def drop_picture(source: Source, table: str) -> None:
    with suppress(OSError):
        _path(source, table).unlink(missing_ok=True)


def drop_pictures(source: Source) -> None:
    """Forget all pictures of this source."""
    shutil.rmtree(_folder(source), ignore_errors=True)


def keep_only(source: Source, tables: Iterable[str]) -> None:
    """Forget the pictures of tables that are not watched any more."""
    wanted = {_path(source, table).name for table in tables}
    for path in _folder(source).glob(f"*{ENDING}"):
        if path.name not in wanted:
            with suppress(OSError):
                path.unlink()


def _pair(line: str) -> tuple[str, str]:
    key, _tab, row = line.rstrip("\n").partition("\t")
    return key, row


def _folder(source: Source) -> Path:
    """Named by the mark: another installation's pictures are never taken for ours."""
    return Path(settings.HOME) / "snapshots" / (source.installation or "none")


def _path(source: Source, table: str) -> Path:
    return _folder(source) / f"{hashlib.sha256(table.encode()).hexdigest()[:24]}{ENDING}"
