"""Who else on this computer can read what we keep: passwords' key, database, attachments (S22)."""

import shlex
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext

from emailketing.common.own_database import own_file

OTHERS = stat.S_IRWXG | stat.S_IRWXO
ENTER = stat.S_IXGRP | stat.S_IXOTH
BESIDE = ("", "-wal", "-shm", "-journal", ".lock")  # what SQLite and we keep beside the file


def open_files() -> list[Path]:
    """Return what of ours users but our own can reach and read or change; folders come first."""
    return [path for path in dict.fromkeys(_ours()) if _is_open(path)]


def open_sentence(paths: Iterable[Path]) -> str:
    """Say which they are, and how to close them."""
    names = [str(path) for path in paths]
    sentence = gettext(
        "Other users of this computer can read %(paths)s: the addresses and the passwords of"
        " senders and sources. Close it with “emailketing check --mend”, or by hand:"
        " chmod -R go= %(quoted)s"
    )
    words = {"paths": ", ".join(names), "quoted": " ".join(map(shlex.quote, names))}
    return sentence % words


def close_files(paths: Iterable[Path]) -> list[Path]:
    """Take everybody's rights but our own away; return what is not ours to close."""
    return [path for path in paths if not _close(path)]


def _ours() -> Iterator[Path]:
    yield Path(settings.HOME)
    yield Path(settings.ATTACHMENTS)
    yield Path(settings.KEY_FILE)
    file = own_file()
    if file.is_absolute():  # on a server there is none
        for ending in BESIDE:
            yield file.with_name(file.name + ending)


def _is_open(path: Path) -> bool:
    """Tell whether others may do anything with it, and may get there at all."""
    try:
        if not path.stat().st_mode & OTHERS:
            return False
        return all(parent.stat().st_mode & ENTER for parent in path.absolute().parents)
    except OSError:  # it is not there
        return False


def _close(path: Path) -> bool:
    inside = path.rglob("*") if path.is_dir() and not path.is_symlink() else ()
    closed = True
    for one in (path, *inside):
        try:
            if not one.is_symlink() or one == path:
                one.chmod(stat.S_IMODE(one.stat().st_mode) & ~OTHERS)
        except FileNotFoundError:  # of a write that has just ended
            continue
        except OSError:
            closed = False
    return closed and not _is_open(path)
