"""`emailketing` commands one after the other in one process: each start would take seconds.

in:   ["source", "check", "tryton"]
out:  {"code": 0, "said": "…"}
"""

import json
import os
import sys

import django
from django.db import close_old_connections
from django.utils import translation


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emailketing.config.settings")
    django.setup()
    from typer.testing import CliRunner

    from emailketing.cli.app import app

    runner = CliRunner()
    for line in sys.stdin:
        translation.activate("es")
        close_old_connections()
        done = runner.invoke(app, json.loads(line))
        why = f"\n{done.exception!r}" if done.exception else ""
        answer = {"code": done.exit_code, "said": f"{done.output}{why}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
