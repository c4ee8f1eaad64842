"""The audit trail in words."""

from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from emailketing.accounts.models import AuditEntry
from emailketing.common.plain import JSON


def action_names() -> dict[str, str]:
    return {
        "created": _("created"),
        "changed": _("changed"),
        "deleted": _("deleted"),
        "signed_in": _("signed in"),
        "sign_in_failed": _("could not sign in"),
        "locked": _("must wait: too many wrong passwords"),
        "address_locked": _("must wait: too many wrong passwords from this network"),
        "password_set": _("password set"),
        "accepted": _("accepted"),
        "went_live": _("went live"),
        "asked_from_outside": _("asked for a look from outside"),
        "seen_from_outside": _("seen from outside"),
        "new_link_key": _("made a new key of links"),
        "revoked": _("ended pages"),
        "went_sandbox": _("back to test mode"),
        "stopped": _("everything stopped"),
        "restored": _("earlier text taken back"),
        "switched": _("switched on or off"),
        "released": _("let through what was held"),
        "dropped": _("gave up what was held"),
        "retried": _("decided again"),
        "installed": _("capture installed"),
        "removed": _("capture removed"),
        "repaired": _("capture repaired"),
        "paused": _("paused"),
        "resumed": _("resumed"),
        "tested": _("tested"),
        "ran": _("run by hand"),
        "cancelled": _("cancelled"),
        "decided": _("decided what is told"),
        "confirmed_identity": _("safe mode ended"),
        "suppressed": _("do not write to an address"),
        "lifted": _("address allowed again"),
        **_of_readers(),
        "emptied_inbox": _("test inbox emptied"),
        "exported": _("exported"),
        "imported": _("configuration taken over"),
        "sent": _("message: was sent"),
        "again": _("message: send again"),
        "give-up": _("message: give up"),
        "release": _("message: released"),
        "cancel": _("message: stopped"),
        "resend": _("message: written once more"),
        "asked": _("SQL run"),
        "account_set": _("account for SQL set"),
        "account_forgotten": _("account for SQL forgotten"),
        "seen": _("took care of what did not arrive"),
    }


def _of_readers() -> dict[str, str]:
    return {
        "opted_out": _("messages ended by whoever gets them"),
        "opted_in": _("messages wanted again"),
    }


def actions_in_words() -> list[tuple[str, str]]:
    return sorted(action_names().items(), key=lambda pair: pair[1])


def kinds_in_words() -> list[tuple[str, str]]:
    """Kinds of objects that are in the trail."""
    found = AuditEntry.objects.exclude(object_type="").order_by("object_type")
    names = found.values_list("object_type", flat=True).distinct()
    return [(name, kind_words(name)) for name in names]


def kind_words(object_type: str) -> str:
    try:
        model: Any = apps.get_model(object_type)
    except (LookupError, ValueError):
        return object_type
    return str(model._meta.verbose_name)


def told(entry: AuditEntry) -> tuple[str, str]:
    action = action_names().get(entry.action, entry.action.replace("_", " "))
    return action, kind_words(entry.object_type) if entry.object_type else ""


def field_words(entry: AuditEntry, name: str) -> str:
    """Name a changed field as its form does."""
    try:
        model: Any = apps.get_model(entry.object_type)
        return str(model._meta.get_field(name).verbose_name)
    except (LookupError, ValueError, FieldDoesNotExist, AttributeError):
        return _own_words().get(name, name.replace("_", " "))


def _own_words() -> dict[str, str]:
    """What is noted besides the fields of a record."""
    return {
        "reason": _("reason"),
        "role": _("role"),
        "held": _("held"),
        "messages": _("messages"),
        "failed": _("not written"),
        "result": _("result"),
        "brand": _("brand"),
        "sender": _("sender"),
        "template": _("template"),
        "ways": _("texts and senders"),
        "identity": _("identity"),
        "wants": _("wants"),
        "refuses": _("refuses"),
        "order": _("channels in order"),
        "duties": _("duties"),
        "addresses": _("addresses"),
    }


def value_words(value: JSON) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "—" if value in (None, "", [], {}) else str(value)
