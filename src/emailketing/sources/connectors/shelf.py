"""Finding connectors: those shipped, and those in the folder `connectors` of this installation."""

import hashlib
import logging
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from emailketing.common.os_errors import why_not
from emailketing.common.reading import once
from emailketing.sources.connectors.model import Connector, ConnectorError
from emailketing.sources.connectors.parse import parse
from emailketing.sources.connectors.section import FILE

logger = logging.getLogger(__name__)
SHIPPED = Path(__file__).resolve().parent
DESCRIBES = (".toml", ".sql", ".json")
BRINGS = (".typ", ".txt")  # papers and starter texts, read when they are used
Stamps = tuple[tuple[str, int, int], ...]


def own_folder() -> Path:
    """Where an installation keeps connectors of its own."""
    return Path(settings.HOME) / "connectors"


def available() -> list[Connector]:
    """Return every connector that can be used; one that is broken is logged and left out."""
    found = []
    for folder in (*sorted(SHIPPED.iterdir()), *_own()):
        if (folder / FILE).is_file():
            try:
                found.append(load(str(folder)))
            except ConnectorError as error:
                logger.warning("connector left out: %s", error)
    return found


def _own() -> list[Path]:
    return sorted(own_folder().iterdir()) if own_folder().is_dir() else []


def load(name: str) -> Connector:
    """Return the connector called so, or the one in this folder.

    Raises:
        ConnectorError: there is none, or it is not well formed; one sentence with file and place.
    """
    return once(("connector", name), lambda: _load(name))


def _load(name: str) -> Connector:
    folder = _find(name)
    return _parsed(folder, _stamps(folder))


def mark_of(name: str) -> str:
    """Return a mark that changes whenever a file of the connector does.

    Raises:
        ConnectorError: there is none.
    """
    folder = _find(name)
    return _marked(folder, _stamps(folder))


def files_of(name: str) -> dict[str, str]:
    """Return file → text of all that belongs to the connector, its layouts too."""
    folder = _find(name)
    found = sorted(file for file in folder.iterdir() if file.suffix in {*DESCRIBES, *BRINGS})
    return {file.name: file.read_text(encoding="utf-8", errors="replace") for file in found}


def load_kept(folder: Path, files: Mapping[str, str]) -> Connector:
    """Return the connector made of texts that were kept; they are written into the folder once.

    Raises:
        ConnectorError: it is not well formed, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            if not (folder / name).is_file():
                (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConnectorError(f"{folder}: {why_not(error)}") from error
    return _parsed(folder, ())


def _stamps(folder: Path) -> Stamps:
    """Return name, time of writing and size of each file: asked for twice a second."""
    with os.scandir(folder) as entries:
        files = [(entry.name, entry.stat()) for entry in entries if entry.name.endswith(DESCRIBES)]
    return tuple(sorted((name, state.st_mtime_ns, state.st_size) for name, state in files))


@lru_cache(maxsize=64)
def _marked(folder: Path, stamps: Stamps) -> str:
    digest = hashlib.sha256()
    for name, _changed, _size in stamps:
        digest.update(f"{name}\0".encode() + (folder / name).read_bytes() + b"\0")
    return digest.hexdigest()[:40]


def _find(name: str) -> Path:
    if name and "/" not in name and not name.startswith("."):
        for home in (SHIPPED, own_folder()):
            if (home / name / FILE).is_file():
                return home / name
    folder = Path(name)
    if name and folder.is_absolute() and (folder / FILE).is_file():
        return folder
    message = _(
        "There is no connector “%(name)s”. Give the name of one that is shipped, or the "
        "full path of a folder with %(file)s."
    )
    raise ConnectorError(message % {"name": name, "file": FILE})


@lru_cache(maxsize=64)
def _parsed(folder: Path, stamps: Stamps) -> Connector:  # noqa: ARG001
    """Parse once for each state of the files."""
    return parse(folder)
