"""Errors in the program, kept where people are alerted of them: one row for each thing."""

from datetime import datetime

from django.db.models import F

from emailketing.common.boundary import Boundary
from emailketing.company.models import ProgramError


def note_error(met: Boundary, about: str, name: str, *, now: datetime) -> None:
    """Keep what a boundary met; `name`: what people call the thing."""
    values = {"name": name[:200], "error": met.said, "last_at": now}
    ProgramError.objects.update_or_create(
        about=about[:80],
        defaults={**values, "times": F("times") + 1},
        create_defaults={**values, "times": 1, "first_at": now},
    )
