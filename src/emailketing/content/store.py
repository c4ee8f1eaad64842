"""The attachment store: files kept once, under the hash of their content."""

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from emailketing.common.os_errors import why


class StoreFull(Exception):
    """The attachment store cannot take another file: make room, then it goes on by itself."""


class StoreMissing(Exception):
    """A file of the attachment store is gone or damaged; restore it from the backup."""


def _path(sha256: str) -> Path:
    return Path(settings.ATTACHMENTS) / sha256[:2] / sha256[2:]


def put(content: bytes) -> str:
    """Keep the content and return its SHA-256 in hexadecimal; the same content is kept once.

    Raises:
        StoreFull: nothing half written stays.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    target = _path(sha256)
    if _is_kept(target, len(content)):
        return sha256
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        _sync(target.parent)  # the name as well: a row that was promised needs its file
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        sentence = _("The attachment store in %(folder)s cannot be written: %(why)s. Make room.")
        raise StoreFull(sentence % {"folder": settings.ATTACHMENTS, "why": why(error)}) from error
    return sha256


def _is_kept(target: Path, size: int) -> bool:
    """Is it there in full? A file cut by a full disk or a bad restore is written anew."""
    try:
        return target.stat().st_size == size
    except OSError:
        return False


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def get(sha256: str) -> bytes:
    """Return the content, checked against its hash.

    Raises:
        StoreMissing: the file is gone or is not what was kept.
    """
    try:
        content = _path(sha256).read_bytes()
    except OSError as error:
        raise StoreMissing(_("An attachment is missing from the store.")) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise StoreMissing(_("An attachment in the store is damaged."))
    return content
