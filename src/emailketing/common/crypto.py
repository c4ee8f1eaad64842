"""Secrets at rest (S22): Fernet with rotation; the keys live outside the database."""

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from emailketing.common.env import SettingInvalid
from emailketing.common.marked import gettext_noop
from emailketing.common.os_errors import why_not

MOST_NAMED = 5


class SecretUnreadable(Exception):
    """A stored password cannot be decrypted with the keys of this installation."""


class KeyMissing(Exception):
    """The file with the key is gone, and something is kept that only that key can read."""


def read_key(path: Path) -> str | None:
    """Return the key kept in `path`, None when there is no file.

    Raises:
        SettingInvalid: the file cannot be read.
    """
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> SettingInvalid:
    return SettingInvalid(
        gettext_noop("The file with the key, %(path)s, cannot be used: %(why)s."),
        path=str(path),
        why=why_not(error),
    )


def new_key() -> str:
    return Fernet.generate_key().decode()


def keep_key() -> None:
    """Write the key that this start made up into its file: once, and never in another's place.

    Before anything else is encrypted. A key made in silence would read none of the passwords kept
    so far, and whoever puts the old file back would then lose the newer ones.

    Raises:
        KeyMissing: something was encrypted with a key whose file is not there any more.
        SettingInvalid: the file cannot be made.
    """
    if not settings.KEY_IS_NEW:
        return
    from emailketing.common.encrypted import encrypted  # the settings, which need us, come first

    path = settings.KEY_FILE
    if not path.exists() and (kept := encrypted()):
        raise KeyMissing(_missing(path, kept))
    write_key(path)


def write_key(path: Path) -> None:
    """Write this process's key into its file; a process that was faster has the say."""
    try:
        if not path.exists():
            _make_file(path, settings.SECRET_KEYS[0])
    except OSError as error:
        raise _unusable(path, error) from error
    settings.SECRET_KEYS[:1] = checked_keys(str(path), [read_key(path) or ""])
    settings.KEY_IS_NEW = False


def _missing(path: Path, kept: list[str]) -> str:
    some = ", ".join(kept[:MOST_NAMED]) + (" …" if len(kept) > MOST_NAMED else "")
    sentence = _(
        "The file with the key, %(path)s, is missing, and passwords were encrypted with it: "
        "%(kept)s. Put it back from your backup, or give the key in EMAILKETING_KEY. If it is lost "
        "for good, “emailketing new-key” makes a new one; these passwords are then to be entered "
        "again."
    )
    return sentence % {"path": path, "kept": some}


def _make_file(path: Path, key: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(key)
        with suppress(FileExistsError):
            os.link(temporary, path)  # two processes starting at once: the first one wins
    finally:
        temporary.unlink()


def checked_keys(name: str, keys: Iterable[str]) -> list[str]:
    """Return the keys; a cut or mistyped one is found at the start, not at the first password.

    Raises:
        SettingInvalid: one of them is no key. It is not quoted: it may be one with a slip (S22).
    """
    checked = list(keys)
    for key in checked:
        try:
            Fernet(key)
        except ValueError as error:
            raise SettingInvalid(
                gettext_noop(
                    "%(name)s holds no key: a key is 44 letters, digits, - and _ and ends with =. "
                    "Put the right one back; a new one cannot read the passwords kept so far."
                ),
                name=name,
            ) from error
    return checked


def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.SECRET_KEYS])


def encrypt(text: str) -> str:
    """Return the secret as it may be kept.

    Raises:
        KeyMissing: this would be the first one with a key that reads none of the others.
    """
    keep_key()
    return _cipher().encrypt(text.encode()).decode() if text else ""


def decrypt(token: str) -> str:
    """Return the secret; `SecretUnreadable` says what to do when no key fits."""
    if not token:
        return ""
    try:
        return _cipher().decrypt(token.encode()).decode()
    except InvalidToken as error:
        message = _(
            "A stored password cannot be read with this installation's key. "
            "Enter the password again, or put the old key into EMAILKETING_OLD_KEYS."
        )
        raise SecretUnreadable(message) from error


def rotate(token: str) -> str:
    """Encrypt a stored secret again with the newest key."""
    return _cipher().rotate(token.encode()).decode() if token else ""
