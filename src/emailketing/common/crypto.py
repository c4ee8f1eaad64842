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


class SecretUnreadable(Exception):
    """A stored password cannot be decrypted with the keys of this installation."""


def read_or_make_key(path: Path) -> str:
    """Return the key kept in `path`; make the file (mode 0600) when it is not there.

    Raises:
        SettingInvalid: the file cannot be read or made.
    """
    try:
        if not path.exists():
            _make_key(path)
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise SettingInvalid(
            gettext_noop("The file with the key, %(path)s, cannot be used: %(why)s."),
            path=str(path),
            why=why_not(error),
        ) from error


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(Fernet.generate_key().decode())
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
