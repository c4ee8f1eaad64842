"""Settings from the environment, typed, each with one clear sentence when it is wrong."""

import os
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PREFIX = "EMAILKETING_"


def env_str(name: str, default: str = "") -> str:
    """Return the variable EMAILKETING_<name>, or what the file EMAILKETING_<name>_FILE holds."""
    path = os.environ.get(f"{PREFIX}{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            message = f"{PREFIX}{name}_FILE names {path}, which cannot be read: {error.strerror}."
            raise ImproperlyConfigured(message) from error
    return os.environ.get(PREFIX + name, default)


def env_bool(name: str, *, default: bool) -> bool:
    text = env_str(name).lower()
    if not text:
        return default
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{PREFIX}{name} must be yes or no, not “{text}”.")


def env_int(name: str, default: int) -> int:
    text = env_str(name)
    try:
        return int(text) if text else default
    except ValueError as error:
        message = f"{PREFIX}{name} must be a whole number, not “{text}”."
        raise ImproperlyConfigured(message) from error


def env_list(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in env_str(name, default).split(",") if item.strip()]


def env_ports(name: str, default: str) -> list[int]:
    numbers = env_list(name, default)
    if not all(number.isdecimal() for number in numbers):
        raise ImproperlyConfigured(f"{PREFIX}{name} must be port numbers with commas between.")
    return [int(number) for number in numbers]


def env_path(name: str, default: Path) -> Path:
    text = env_str(name)
    return Path(text).expanduser().resolve() if text else default


def env_database(name: str, default: str) -> dict[str, object]:
    """Turn a database URL into Django's settings: `sqlite:///file` or `postgresql://user@host/db`."""
    url = os.environ.get(name) or env_str(name, default)
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path).removeprefix("/") or ":memory:")
    if parts.scheme in {"postgresql", "postgres"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 600,  # seconds; zero, Django's default, would connect anew every time
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"application_name": "emailketing"},
        }
    raise ImproperlyConfigured(
        f"{name} must begin with sqlite:/// or postgresql://, not with “{parts.scheme}:”."
    )


def _sqlite(path: str) -> dict[str, object]:
    # FULL: what we promised survives a power cut. IMMEDIATE: writers queue instead of failing.
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
        # a file, not memory: tests run the threads and processes of the real worker against it
        "TEST": {"NAME": str(Path(gettempdir()) / f"emailketing-test-{os.getpid()}.sqlite3")},
    }
