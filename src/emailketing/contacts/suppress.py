"""Addresses never to use again: note one, lift one, ask for many."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from emailketing.contacts.models import Suppression

LONGEST_NOTE = 300
_BLOCK = 500  # values per query: SQLite allows 999 or more variables


def wrong_with_note(note: str) -> list[str]:
    """Return what is wrong with a reason that somebody typed: it is kept whole or not at all."""
    if len(note.strip()) > LONGEST_NOTE:
        return [_("At most %(most)s characters.") % {"most": LONGEST_NOTE}]
    return [] if note.strip() else [_("This must not be empty.")]


def suppress(
    value: str,
    reason: Suppression.Reason,
    *,
    now: datetime,
    kind: str = "email",
    by: str = "",
    note: str = "",
) -> Suppression:
    """Note that this address must not be used again, for nothing; the first reason stays."""
    values = {"reason": reason, "at": now, "by": by[:150], "note": note[:LONGEST_NOTE]}
    return Suppression.objects.get_or_create(
        kind=kind, value=value.strip().lower(), mail_class="", defaults=values
    )[0]


def opt_out(
    value: str, mail_class: str, *, now: datetime, kind: str = "email", by: str = "", note: str = ""
) -> Suppression:
    """Note that whoever has this address wants no messages of this class; the others go on."""
    reason = Suppression.Reason.OPT_OUT
    values = {"reason": reason, "at": now, "by": by[:150], "note": note[:LONGEST_NOTE]}
    return Suppression.objects.get_or_create(
        kind=kind, value=value.strip().lower(), mail_class=mail_class, defaults=values
    )[0]


def lift(value: str, *, kind: str = "email", mail_class: str = "") -> bool:
    """Allow the address again (mail_class: for that class); whether it was suppressed."""
    deleted, _per_model = Suppression.objects.filter(
        kind=kind, value=value.strip().lower(), mail_class=mail_class
    ).delete()
    return bool(deleted)


def suppressed_among(values: Iterable[str], *, kind: str = "email") -> dict[str, list[Suppression]]:
    """Return the suppressions of these addresses, by address in lower case."""
    wanted = sorted({value.strip().lower() for value in values})
    found: dict[str, list[Suppression]] = {}
    for start in range(0, len(wanted), _BLOCK):
        block = wanted[start : start + _BLOCK]
        for row in Suppression.objects.filter(kind=kind, value__in=block).order_by("mail_class"):
            found.setdefault(row.value, []).append(row)
    return found
