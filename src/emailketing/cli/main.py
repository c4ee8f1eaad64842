"""`emailketing …`: set Django up, then hand over to the commands."""

import gettext
import os
import sys
from contextlib import suppress
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils import translation

from emailketing.common.crypto import KeyMissing, SecretUnreadable, keep_key
from emailketing.common.env import SettingInvalid
from emailketing.common.own_database import database_sentence

WITHOUT_A_KEY = {"new-key", "--help", "--version"}
LOCALE = Path(__file__).resolve().parents[1] / "locale"


def main() -> None:
    """Run one command; what goes wrong outside is one sentence and exit code 1.

    Database, attachments and key are nobody else's to read (S22), whatever the shell allows.
    """
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emailketing.config.settings")
    language = os.environ.get("EMAILKETING_LANGUAGE", "es")
    try:
        django.setup()
    except SettingInvalid as error:
        fail(in_language(error, language))
    except ImproperlyConfigured as error:
        fail(str(error))
    speak(language)
    from emailketing.cli.app import app

    try:
        if not set(sys.argv[1:]) & WITHOUT_A_KEY:
            with suppress(DatabaseError):  # the command itself says what is wrong with it
                keep_key()
        app()
    except DatabaseError as error:
        fail(database_sentence(error))
    except SettingInvalid as error:
        fail(in_language(error, language))
    except (KeyMissing, SecretUnreadable) as error:
        fail(str(error))


def in_language(error: SettingInvalid, language: str) -> str:
    """Translate without Django: its settings are what is wrong."""
    known = gettext.translation("django", LOCALE, languages=[language], fallback=True)
    values = {name: known.gettext(text) if text else "" for name, text in error.values.items()}
    return known.gettext(error.sentence) % values


def speak(language: str) -> None:
    """Choose the language, also of what typer prints itself (it asks the plain gettext)."""
    translation.activate(language)
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain("messages", str(settings.LOCALE_PATHS[0]))


def fail(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(1)
