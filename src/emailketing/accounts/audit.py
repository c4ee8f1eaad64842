"""Note who changed what (append-only)."""

from datetime import datetime

from django.db import models

from emailketing.accounts.models import AuditEntry
from emailketing.accounts.who import Who
from emailketing.common.plain import Values

SECRET_WORDS = ("password", "secret", "token")
HIDDEN = "•••"


def note(
    action: str,
    *,
    by: Who | str,
    now: datetime,
    about: models.Model | None = None,
    changes: Values | None = None,
    came_from: str = "",
) -> AuditEntry:
    """Write one audit entry; values of secret fields are hidden (S22).

    Args:
        action: one word: created, changed, deleted, signed_in, went_live, installed, …
        by: the user of the console or the command line's operator; a bare name where neither is.
        now: when.
        about: the record it was done to, if any.
        changes: field → [before, after].
        came_from: network address of somebody who is not known yet.
    """
    safe = {
        name: [HIDDEN, HIDDEN] if any(word in name for word in SECRET_WORDS) else value
        for name, value in (changes or {}).items()
    }
    return AuditEntry.objects.create(
        at=now,
        user=by.user if isinstance(by, Who) else None,
        username=str(by),
        action=action,
        object_type=about._meta.label_lower if about else "",
        object_id=str(about.pk) if about else "",
        object_label=str(about)[:200] if about else "",
        changes=safe,
        came_from=by.came_from if isinstance(by, Who) else came_from,
    )
