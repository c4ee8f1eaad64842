"""Secrets at rest (S22): Fernet with rotation; the keys live outside the database."""

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _


class SecretUnreadable(Exception):
    """A stored password cannot be decrypted with the keys of this installation."""


def read_or_make_key(path: Path) -> str:
    """Return the key kept in `path`; make the file (mode 0600) when it is not there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{secrets.token_hex(4)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(Fernet.generate_key().decode())
        try:
            os.link(temporary, path)  # two processes starting at once: the first one wins
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return path.read_text().strip()


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
