"""Set Django up, then hand over to one command."""

import gc
import sys
from collections.abc import Sequence
from contextlib import suppress

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections
from django.utils.translation import gettext

from emailketing.cli.language import in_language, speak
from emailketing.cli.parts import grown_for
from emailketing.common.crypto import KeyMissing, SecretUnreadable, keep_key
from emailketing.common.env import SettingInvalid
from emailketing.common.own_database import database_sentence

WITHOUT_A_KEY = {"new-key", "--help"}


def run(words: Sequence[str], language: str) -> None:
    """Run the command behind these words; what goes wrong outside is one sentence and code 1."""
    try:
        django.setup()
    except SettingInvalid as error:
        fail(in_language(error, language))
    except ImproperlyConfigured as error:
        fail(str(error))
    speak(language)
    try:
        if not set(sys.argv[1:]) & WITHOUT_A_KEY:
            with suppress(DatabaseError):  # the command itself says what is wrong with it
                keep_key()
        command = grown_for(words, gettext)
        gc.freeze()
        gc.enable()
        command()
    except DatabaseError as error:
        fail(database_sentence(error))
    except SettingInvalid as error:
        fail(in_language(error, language))
    except (KeyMissing, SecretUnreadable) as error:
        fail(str(error))
    finally:
        connections.close_all()  # the last one to go folds SQLite's log back into its file


def fail(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(1)
