"""Addresses not to use: note one, lift one, ask for many."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.common.own_dialect import one_at_a_time
from emailketing.contacts.models import Suppression

LONGEST_NOTE = 300
# while somebody's “no” is being written, nobody is marked as being written to, and the other way
# round: whichever is committed first holds (decision 109)
LAST_WORD = 0x656D_6B04
_BLOCK = 500  # values per query: SQLite allows 999 or more variables


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How we know: where from, by whom, in which words, in answer to which message."""

    via: str = ""
    by: str = ""
    note: str = ""
    message: int | None = None


NOTHING_TOLD = Told()


def wrong_with_note(note: str) -> list[str]:
    """Return what is wrong with a reason that somebody typed: it is kept whole or not at all."""
    if len(note.strip()) > LONGEST_NOTE:
        return [_("At most %(most)s characters.") % {"most": LONGEST_NOTE}]
    return [] if note.strip() else [_("This must not be empty.")]


@transaction.atomic
def suppress(
    value: str,
    reason: Suppression.Reason,
    *,
    now: datetime,
    kind: str = "email",
    told: Told = NOTHING_TOLD,
) -> Suppression:
    """Note that this address must not be used again, for nothing; the first reason stays."""
    if reason != Suppression.Reason.BOUNCE:  # a bounce is noted by whoever marks
        one_at_a_time(LAST_WORD)
    return _keep({"kind": kind, "value": value, "mail_class": "", "about": ""}, reason, told, now)


@transaction.atomic
def opt_out(
    value: str,
    mail_class: str,
    *,
    now: datetime,
    kind: str = "email",
    about: str = "",
    told: Told = NOTHING_TOLD,
) -> Suppression:
    """Note that whoever has this address wants no messages of this class; the others go on.

    `about`: not the whole class, only this reason to write (report:12).
    """
    one_at_a_time(LAST_WORD)
    whole = {"kind": kind, "value": value, "mail_class": mail_class, "about": about}
    return _keep(whole, Suppression.Reason.OPT_OUT, told, now)


def _keep(what: dict[str, str], reason: str, told: Told, now: datetime) -> Suppression:
    values = {
        "reason": reason,
        "at": now,
        "via": told.via,
        "by": told.by[:150],
        "note": told.note[:LONGEST_NOTE],
        "message": told.message,
    }
    key = {**what, "value": what["value"].strip().lower()}
    return Suppression.objects.get_or_create(**key, defaults=values)[0]


def lift(value: str, *, kind: str = "email", mail_class: str = "", about: str = "") -> bool:
    """Allow the address again (mail_class: for that class); whether it was suppressed."""
    deleted, _per_model = Suppression.objects.filter(
        kind=kind, value=value.strip().lower(), mail_class=mail_class, about=about
    ).delete()
    return bool(deleted)


def suppressed_among(values: Iterable[str], *, kind: str = "email") -> dict[str, list[Suppression]]:
    """Return the suppressions of these addresses, by address in lower case."""
    wanted = sorted({value.strip().lower() for value in values})
    found: dict[str, list[Suppression]] = {}
    for start in range(0, len(wanted), _BLOCK):
        block = wanted[start : start + _BLOCK]
        noted = Suppression.objects.filter(kind=kind, value__in=block)
        for row in noted.order_by("mail_class", "about"):
            found.setdefault(row.value, []).append(row)
    return found
