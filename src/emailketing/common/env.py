"""Settings from the environment, typed, each with one clear sentence when it is wrong."""

import logging
import os
import zoneinfo
from importlib.util import find_spec
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from emailketing.common.marked import gettext_noop as _
from emailketing.common.os_errors import why_not

PREFIX = "EMAILKETING_"
LARGEST_PORT = 65535
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class SettingInvalid(ImproperlyConfigured):
    """The machine is not set up well.

    Settings are read before there is a language: whoever shows the sentence translates it.
    """

    def __init__(self, sentence: str, **values: str) -> None:
        super().__init__(sentence % values)
        self.sentence = sentence
        self.values = values


def env_str(name: str, default: str = "") -> str:
    """Return the variable EMAILKETING_<name>, or what the file EMAILKETING_<name>_FILE holds."""
    path = os.environ.get(f"{PREFIX}{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingInvalid(
                _("%(name)s names the file %(path)s, which cannot be read: %(why)s."),
                name=f"{PREFIX}{name}_FILE",
                path=path,
                why=why_not(error),
            ) from error
        except UnicodeDecodeError as error:
            raise SettingInvalid(
                _("%(name)s names the file %(path)s, which is not text."),
                name=f"{PREFIX}{name}_FILE",
                path=path,
            ) from error
    return os.environ.get(PREFIX + name, default)


def env_bool(name: str, *, default: bool) -> bool:
    text = env_str(name).lower()
    if not text:
        return default
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise SettingInvalid(
        _("%(name)s must be yes or no, not “%(text)s”."), name=PREFIX + name, text=text
    )


def env_port(name: str, default: int) -> int:
    text = env_str(name)
    if text and not _is_port(text):
        raise SettingInvalid(
            _("%(name)s must be a port number, 0 to 65535, not “%(text)s”."),
            name=PREFIX + name,
            text=text,
        )
    return int(text or default)


def env_list(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in env_str(name, default).split(",") if item.strip()]


def env_ports(name: str, default: str) -> list[int]:
    numbers = env_list(name, default)
    if not all(_is_port(number) for number in numbers):
        raise SettingInvalid(
            _("%(name)s must be port numbers with commas between."), name=PREFIX + name
        )
    return [int(number) for number in numbers]


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and int(text) <= LARGEST_PORT


def env_path(name: str, default: Path) -> Path:
    text = env_str(name)
    return Path(text).expanduser().resolve() if text else default


def env_folder(name: str, default: Path) -> Path:
    """Return a folder that is there and may be written to."""
    path = env_path(name, default)
    try:
        path.mkdir(parents=True, exist_ok=True)
        if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError(13, os.strerror(13))
    except OSError as error:
        raise SettingInvalid(
            _(
                "The folder %(path)s cannot be used: %(why)s. Name another one in %(name)s, or "
                "give the user that runs emailketing the right to write there."
            ),
            name=PREFIX + name,
            path=str(path),
            why=why_not(error),
        ) from error
    return path


def env_zone(name: str, default: str) -> str:
    text = env_str(name) or default
    try:
        zoneinfo.ZoneInfo(text)
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError) as error:
        raise SettingInvalid(
            _("%(name)s must be a time zone such as America/Asuncion, not “%(text)s”."),
            name=PREFIX + name,
            text=text,
        ) from error
    return text


def env_level(name: str, default: str) -> str:
    text = env_str(name).upper() or default
    if text not in logging.getLevelNamesMapping():
        raise SettingInvalid(
            _("%(name)s must be one of %(levels)s, not “%(text)s”."),
            name=PREFIX + name,
            levels=", ".join(LEVELS),
            text=text,
        )
    return text


def env_database(name: str, default: str) -> dict[str, object]:
    """Turn a database URL into Django's settings: `sqlite:///file` or `postgresql://user@host/db`.

    The URL may hold a password: no sentence quotes more of it than its beginning (S22).
    """
    url = os.environ.get(name) or env_str(name, default)
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError as error:
        raise SettingInvalid(
            _("%(name)s has a server or port that cannot be read: write user:password@host:port."),
            name=name,
        ) from error
    if parts.scheme == "sqlite":
        return _sqlite(name, unquote(parts.path).removeprefix("/"))
    if parts.scheme in {"postgresql", "postgres"}:
        return _postgresql(name, parts)
    raise SettingInvalid(
        _("%(name)s must begin with sqlite:/// or postgresql://, not with “%(scheme)s:”."),
        name=name,
        scheme=parts.scheme,
    )


def _postgresql(name: str, parts: SplitResult) -> dict[str, object]:
    database = unquote(parts.path.lstrip("/"))
    if not database:
        raise SettingInvalid(
            _("%(name)s names no database: end it with / and the database's name."), name=name
        )
    if find_spec("psycopg") is None:
        raise SettingInvalid(
            _(
                "%(name)s names a PostgreSQL database, but its driver is not installed: install "
                "emailketing[postgresql]."
            ),
            name=name,
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,  # seconds; zero, Django's default, would connect anew every time
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)) | {"application_name": "emailketing"},
    }


def _sqlite(name: str, path: str) -> dict[str, object]:
    if not path or path == ":memory:":
        raise SettingInvalid(
            _("%(name)s names no file: write sqlite:/// and the whole path of the file."), name=name
        )
    # FULL: what we promised survives a power cut. IMMEDIATE: writers queue instead of failing.
    return {
        "ENGINE": "django.db.backends.sqlite3",
        # rw: a file that is gone is an error; an empty one in its place would hide that
        "NAME": f"{Path(path).absolute().as_uri()}?mode=rw",
        "CONN_MAX_AGE": 2,  # seconds; not long: a file put in the place of this one is to be seen
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
        # a file, not memory: tests run the threads and processes of the real worker against it
        "TEST": {"NAME": str(Path(gettempdir()) / f"emailketing-test-{os.getpid()}.sqlite3")},
    }
