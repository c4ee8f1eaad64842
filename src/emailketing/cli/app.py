"""All commands in one tree: for documentation and tests; `main` grows the one it needs."""

from django.utils.translation import gettext

from emailketing.cli.parts import COMMANDS, GROUPS, grown

app = grown([*COMMANDS, *GROUPS], gettext)
