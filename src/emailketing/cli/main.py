"""`emailketing …`: say which commands there are, or run one; import what that needs, no more."""

import gc
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
    words = sys.argv[1:3]
    if not words or not (words[0] in COMMANDS or words[0] in GROUPS):
        speak_in_frames(language)
        listed(catalogue(language).gettext)()
        return
    gc.disable()  # what is imported stays: to look through it takes a tenth of the start
    from emailketing.cli.run import run

    run(words, language)
