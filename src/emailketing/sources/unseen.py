"""What no trigger sees in this very database, in words (C18): it stands on the source's page."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _


def unseen(health: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """Yield (sentence, whether that is so everywhere) of what the last look found."""
    sentences = {
        "children": _("rows of tables that inherit from a watched one (%(where)s)"),
        "partitions": _(
            "rows that come or go because a partition is attached, detached, dropped or emptied by "
            "itself (%(where)s); what is saved in it is seen"
        ),
        "switched off": _(
            "whatever is saved under a setting that switches triggers off "
            "(session_replication_role=replica: %(where)s)"
        ),
        "replaced": _(
            "the row that REPLACE removes (%(where)s): the new one is noted as added, the old one "
            "is in no line of the audit"
        ),
        "replica": _(
            "what a superuser saves with triggers switched off for his session, and what logical "
            "replication writes"
        ),
    }
    for code, where in health.get("unseen", []):
        if code in sentences:
            yield sentences[code] % {"where": where}, code != "switched off"
