"""An open safe mode in words: what was noticed, what was counted, what follows."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from emailketing.common.plain import Values
from emailketing.company.models import INSTALLATION, SafeMode

Kind = SafeMode.Kind


def enter_safe_mode(scope: str, kind: SafeMode.Kind, facts: Values, *, now: datetime) -> SafeMode:
    """Begin a safe mode for another reason than the identity; one that is open stays as it is."""
    mode, _is_new = SafeMode.objects.get_or_create(
        scope=scope, confirmed_at=None, defaults={"kind": kind, "facts": facts, "since": now}
    )
    return mode


def sentence(mode: SafeMode, name: str = "") -> str:
    """Say what was noticed, and what is held until somebody confirms.

    Args:
        mode: the open safe mode.
        name: of the source, in words; its identifier when there is none.
    """
    if mode.scope == INSTALLATION:
        return _of_ours(mode)
    words = {"source": name or mode.scope.removeprefix("source:"), "at": _at(mode)}
    text = _(
        "The database of the source “%(source)s” is not the one that was registered. Its "
        "messages go to the test inbox only, until an administrator confirms."
    )
    if mode.kind == Kind.TAKEN_OVER:
        words["who"] = str(mode.facts.get("who") or "—")
        text = _(
            "Another installation (%(who)s) took over the database of the source “%(source)s”. "
            "Nothing is read from it any more."
        )
    if mode.kind == Kind.RESTORED:
        text = _(
            "The database of the source “%(source)s” was put back to an earlier state. Nothing is "
            "read from it until an administrator confirms."
        )
    if mode.kind == Kind.RESTORED and words["at"]:
        text = _(
            "The database of the source “%(source)s” was put back to an earlier state, of "
            "about %(at)s. Nothing is read from it until an administrator confirms."
        )
    return text % words


def _of_ours(mode: SafeMode) -> str:
    if mode.kind == Kind.RESTORED:
        return _(
            "Our own database was put back to an earlier state: messages were sent of which it "
            "knows nothing. Messages go to the test inbox only, until an administrator confirms."
        )
    return _(
        "This database is a copy or was restored: it is not the one that was registered. "
        "Messages go to the test inbox only, until an administrator confirms."
    )


def question(mode: SafeMode) -> str:
    """Ask what only a person knows."""
    if mode.kind == Kind.RESTORED:
        return _("Was it put back on purpose, and is it the one that works?")
    return _("Is this the database that works, and not a copy of it?")


def counts(mode: SafeMode) -> list[tuple[str, str]]:
    """Return what was told against what is there now, as (label, number)."""
    facts = mode.facts
    if mode.scope == INSTALLATION and _at(mode):
        return [(_("When messages left last, as is known outside of it"), _at(mode))]
    if mode.kind != Kind.RESTORED or "gone" not in facts:
        return []
    rows = [
        (_("Told documents that are there as they were told"), facts["same"]),
        (_("Told documents that read differently now"), facts["differ"]),
        (_("Told documents that are no longer there"), facts["gone"]),
        (_("Told documents whose number now belongs to a new one"), facts["replaced"]),
        (_("Documents saved since, which wait to be told"), facts["new"]),
    ]
    found = [(label, str(number)) for label, number in rows]
    if facts.get("names"):
        found.append((_("No longer as they were told"), ", ".join(facts["names"])))
    return found


def _at(mode: SafeMode) -> str:
    written = mode.facts.get("at")
    if not written:
        return ""
    return date_format(timezone.localtime(datetime.fromisoformat(written)), "d/m/Y H:i")
