"""The language of the command line, with Django or before it."""

import gettext
import os
from pathlib import Path

from emailketing.common.env import SettingInvalid

LOCALE = Path(__file__).resolve().parents[1] / "locale"


def asked_for() -> str:
    return os.environ.get("EMAILKETING_LANGUAGE", "es")


def catalogue(language: str) -> gettext.NullTranslations:
    """Return our texts without Django, whose settings may be what is wrong."""
    name = language.replace("-", "_")
    return gettext.translation("django", LOCALE, languages=[name], fallback=True)


def in_language(error: SettingInvalid, language: str) -> str:
    known = catalogue(language)
    values = {name: known.gettext(text) if text else "" for name, text in error.values.items()}
    return known.gettext(error.sentence) % values


def speak(language: str) -> None:
    """Choose the language of everything that is said from now on."""
    from django.utils import translation

    translation.activate(language)
    speak_in_frames(language)


def speak_in_frames(language: str) -> None:
    """Choose that of what typer prints itself: it asks the plain gettext."""
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain("messages", str(LOCALE))
