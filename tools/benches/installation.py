"""An installation of the bench's own, so that nobody's data is touched."""

import os
from pathlib import Path


def prepare(folder: Path, database: str = "") -> None:
    """Make it in this folder; `database`: where its own one is, a file there unless said."""
    os.environ["EMAILKETING_HOME"] = str(folder)
    os.environ["DATABASE_URL"] = database or f"sqlite:///{folder}/emailketing.sqlite3"
    os.environ["EMAILKETING_LOG_LEVEL"] = "WARNING"
    os.environ["DJANGO_SETTINGS_MODULE"] = "emailketing.config.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from emailketing.common.own_database import own_file
    from emailketing.company.models import Company

    if not database:
        own_file().touch()
    call_command("migrate", verbosity=0)
    Company.objects.update_or_create(pk=1, defaults={"name": "Bench", "is_live": True})
