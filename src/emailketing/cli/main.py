"""`emailketing …`: set Django up, then hand over to the commands."""

import gettext
import os
import sys

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils import translation


def main() -> None:
    """Run one command; what goes wrong outside is one sentence and exit code 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emailketing.config.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        fail(str(error))
    speak(os.environ.get("EMAILKETING_LANGUAGE", "es"))
    from emailketing.cli.app import app

    try:
        app()
    except DatabaseError as error:
        fail(database_sentence(error))


def speak(language: str) -> None:
    """Choose the language, also of what typer prints itself (it asks the plain gettext)."""
    translation.activate(language)
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain("messages", str(settings.LOCALE_PATHS[0]))


def database_sentence(error: DatabaseError) -> str:
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if "no such table" in text or "does not exist" in text:
        return translation.gettext(
            "The database is not up to date. Run “emailketing migrate”, then start again."
        )
    return translation.gettext("Our own database does not answer: %(why)s") % {"why": text}


def fail(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(1)
