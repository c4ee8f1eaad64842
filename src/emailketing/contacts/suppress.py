"""Addresses never to use again: note one, ask for one, ask for many."""

from collections.abc import Iterable
from datetime import datetime

from emailketing.contacts.models import Suppression

_BLOCK = 500  # values per query: SQLite allows 999 or more variables


def suppress(
    value: str,
    reason: Suppression.Reason,
    *,
    now: datetime,
    kind: str = "email",
    by: str = "",
    note: str = "",
) -> Suppression:
    """Note that this address must not be used again; the first reason stays."""
    return Suppression.objects.get_or_create(
        kind=kind,
        value=value.strip().lower(),
        defaults={"reason": reason, "at": now, "by": by[:150], "note": note[:300]},
    )[0]


def lift(value: str, *, kind: str = "email") -> bool:
    """Allow the address again; whether it was suppressed."""
    deleted, _per_model = Suppression.objects.filter(
        kind=kind, value=value.strip().lower()
    ).delete()
    return bool(deleted)


def is_suppressed(value: str, *, kind: str = "email") -> bool:
    return bool(suppressed_among([value], kind=kind))


def suppressed_among(values: Iterable[str], *, kind: str = "email") -> dict[str, Suppression]:
    """Return the suppressions of these addresses, by address in lower case."""
    wanted = sorted({value.strip().lower() for value in values})
    return {
        found.value: found
        for start in range(0, len(wanted), _BLOCK)
        for found in Suppression.objects.filter(kind=kind, value__in=wanted[start : start + _BLOCK])
    }
