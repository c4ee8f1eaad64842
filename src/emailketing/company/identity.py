"""Is this still the database we know? A copy or a restored backup must write to nobody (C20)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.company.models import INSTALLATION, Identity, SafeMode
from emailketing.company.turn import catch_up


class CannotConfirm(Exception):
    """This safe mode does not end by a word; the sentence says what ends it."""


def source_scope(slug: str) -> str:
    return f"source:{slug}"


def check_identity(scope: str, found: dict[str, str], *, now: datetime) -> bool:
    """Compare with the registered identity; register it when it is the first.

    Returns:
        Whether messages of this scope may leave: False while a safe mode is open.
    """
    registered, _is_new = Identity.objects.get_or_create(
        scope=scope, defaults={"values": found, "registered_at": now}
    )
    if registered.values != found:
        SafeMode.objects.get_or_create(
            scope=scope,
            confirmed_at=None,
            defaults={"registered": registered.values, "found": found, "since": now},
        )
    return not is_safe_mode(scope)


def is_safe_mode(scope: str) -> bool:
    """Say whether this scope, or the whole installation, may write to the inbox only."""
    return SafeMode.objects.filter(scope__in={scope, INSTALLATION}, confirmed_at=None).exists()


def stays(mode: SafeMode) -> str:
    """Say what ends it, where confirming does not; "" where it does."""
    if mode.kind != SafeMode.Kind.TAKEN_OVER:
        return ""
    return _("Take the source out with “source remove”, or use “source install --take-over”.")


def confirm_safe_mode(mode: SafeMode, *, why: str = "", by: Who | str, now: datetime) -> None:
    """Accept what was found, as an administrator says, and note who said so.

    Raises:
        CannotConfirm: another installation has the database.
    """
    if said := stays(mode):
        raise CannotConfirm(said)
    changes = {"identity": [mode.registered, mode.found or mode.facts]}
    changes |= {"reason": ["", why]} if why else {}
    with transaction.atomic():
        note("confirmed_identity", by=by, now=now, about=mode, changes=changes)
        _confirm(mode.scope, by=str(by)[:150], now=now)
    if mode.scope == INSTALLATION:
        catch_up(now)


def confirm_identity(scope: str, *, by: str, now: datetime) -> None:
    """Accept what was found as the registered identity: an administrator says “this is the one”."""
    _confirm(scope, by=by, now=now)
    if scope == INSTALLATION:
        catch_up(now)


@transaction.atomic
def _confirm(scope: str, *, by: str, now: datetime) -> None:
    for mode in SafeMode.objects.select_for_update().filter(scope=scope, confirmed_at=None):
        if mode.kind == SafeMode.Kind.COPY:
            Identity.objects.update_or_create(
                scope=scope, defaults={"values": mode.found, "registered_at": now}
            )
        mode.confirmed_at, mode.confirmed_by = now, by
        mode.save(update_fields=["confirmed_at", "confirmed_by"])


def forget_identity(scope: str) -> None:
    Identity.objects.filter(scope=scope).delete()
    SafeMode.objects.filter(scope=scope).delete()
