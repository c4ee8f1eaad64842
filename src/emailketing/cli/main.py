"""`emailketing …`: say which commands there are, or run one; import what that needs, no more."""

import os
import sys

from emailketing.cli.language import asked_for, catalogue, speak_in_frames
from emailketing.cli.parts import COMMANDS, GROUPS, listed


def main() -> None:
    """Read the first word: who asks for the list does not wait for Django.

    Database, attachments and key are nobody else's to read (S22), whatever the shell allows.
    """
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emailketing.config.settings")
    language = asked_for()
    words = [word for word in sys.argv[1:2] if word in COMMANDS or word in GROUPS]
    if not words:
        speak_in_frames(language)
        listed(catalogue(language).gettext)()
        return
    from emailketing.cli.run import run

    run(words, language)
