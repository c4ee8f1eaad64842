"""The health of a source in words, for the console and the command line."""

from datetime import UTC, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from emailketing.common.language import active_language
from emailketing.common.said import says
from emailketing.company.identity import is_safe_mode
from emailketing.company.models import SafeMode
from emailketing.company.safe_mode import sentence
from emailketing.sources.audit.choices import open_tables
from emailketing.sources.audit.search import audit_of
from emailketing.sources.connectors import Connector
from emailketing.sources.gaps import said
from emailketing.sources.in_use import news_of
from emailketing.sources.judging.pending import called, connector_of, ended, unreadable
from emailketing.sources.models import PendingDocument, Source
from emailketing.sources.upkeep.unseen import unseen

Fact = tuple[str, str, bool]
MOST_NAMED = 10
MOST_GAPS = 3  # the page and “source gaps” show all
MOST_WAITING = 1_000  # more than an import of a few seconds leaves
HEARTBEAT_LOST = gettext_noop(
    "The heartbeat did not come back: changes may not be noted. Press “Repair”."
)


def facts(source: Source) -> list[Fact]:
    """Return (label, value, is it well?) of everything an operator may want to know."""
    (label, state, is_well), *others = _facts(source)
    if is_well and not all(well for _label, _value, well in others):
        state = _("%(state)s, but not all is well: see what is marked") % {"state": state}
        is_well = False
    return [(label, state, is_well), *others]


def _facts(source: Source) -> list[Fact]:
    health = source.health
    found: list[Fact] = [
        (_("State"), str(source.get_status_display()), source.status == Source.Status.WORKING)
    ]
    if source.problem:
        found.append((_("Problem"), source.in_words, False))
    mode = SafeMode.objects.filter(scope=source.scope, confirmed_at=None).first()
    if mode is not None:
        found.append((_("Safe mode"), sentence(mode, source.name), False))
    elif is_safe_mode(source.scope):
        found.append((_("Safe mode"), _("this is a copy: everything goes to the inbox"), False))
    if source.installed_at is None:
        return found
    found += [
        (_("Last read"), _moment(source.polled_at), source.polled_at is not None),
        (_("Last change"), _moment(source.changed_at), True),
        (_("Changes waiting"), _waiting(source), source.backlog < MOST_WAITING),
        _triggers(source),
        (_("Heartbeat"), *_heartbeat(source)),
        (_("Capture is allowed until"), _moment(_read(health.get("lease_until"))), True),
    ]
    if health.get("runs_as"):
        words = {"accounts": ", ".join(health["runs_as"]), "slug": source.slug}
        found.append((_("Rights of the triggers"), _rights() % words, True))
    found += [(_("Not seen here"), sentence, is_usual) for sentence, is_usual in unseen(source)]
    found += [(_("Changed connector"), loss.sentence, False) for loss in news_of(source)]
    found += [(_("Not captured"), _miss(miss), False) for miss in health.get("misses", [])]
    found += _unreadable(source)
    found += _nobody_told(source)
    found += [(_("Paused"), f"{p}: {why}", False) for p, why in source.paused_in_words.items()]
    found += [(_("Query"), sentence, False) for sentence in _other_problems(source)]
    found += _of_this_kind(source)
    found += [(_("Gap"), said(gap), gap.end is not None) for gap in source.gaps.all()[:MOST_GAPS]]
    return found


def _nobody_told(source: Source) -> list[Fact]:
    rows = open_tables(source, audit_of(source), now=source.changed_at or source.created_at)
    if not rows:
        return []
    words = {"tables": len(rows), "changes": sum(row.changes for row in rows)}
    sentence = ngettext(
        "%(tables)s table, %(changes)s changes in 30 days: choose with “What is told of”, or "
        "“source decide”",
        "%(tables)s tables, %(changes)s changes in 30 days: choose with “What is told of”, or "
        "“source decide”",
        len(rows),
    )
    return [(_("Nobody is told of"), sentence % words, True)]


def _of_this_kind(source: Source) -> list[Fact]:
    """Return what its kind of database advises; nothing of one that is not known here."""
    kind = source.kind_of_database
    found = kind.remarks(source.health.get("own") or {}) if kind else []
    return [(label, sentence, True) for label, sentence in found]


def _rights() -> str:
    return _(
        "those of %(accounts)s. They never run code of others, but a role without any other right "
        "would be safer: have a database administrator run what “emailketing source grants "
        "%(slug)s” prints, then press “Repair”."
    )


def _unreadable(source: Source) -> list[Fact]:
    """Which documents cannot be read, what the database said, and when they are tried again."""
    rows = unreadable(source)
    connector = connector_of(source)
    found: list[Fact] = [
        (_("Cannot be read"), _waits(row, connector), False) for row in rows[:MOST_NAMED]
    ]
    more = rows.count() - len(found)
    if more > 0:
        words = ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more}
        found.append((_("Cannot be read"), words, False))
    return found


def _waits(row: PendingDocument, connector: Connector | None) -> str:
    sentence = _(
        "%(document)s: %(reason)s Tries since %(since)s: %(count)s; the next at %(again)s, or "
        "with “Look now”."
    )
    return sentence % {
        "document": called(row, connector, active_language()),
        "reason": ended(row.reason),
        "since": _moment(row.since),
        "count": row.attempts,
        "again": _moment(row.next_at),
    }


def _triggers(source: Source) -> Fact:
    health = source.health
    if health.get("installed") is False:
        return _("Triggers"), _("not in the business database"), False
    if health.get("missing"):
        return _("Triggers"), _("gone: %s") % ", ".join(health["missing"]), False
    if health.get("damaged"):
        return _("Triggers"), _("altered: %s") % ", ".join(health["damaged"]), False
    if health.get("drifted"):
        return _("Triggers"), _("columns have changed: %s") % ", ".join(health["drifted"]), False
    return _("Triggers"), _("in place"), True


def _waiting(source: Source) -> str:
    oldest = _read(source.health.get("oldest_at"))
    if not source.backlog or oldest is None:
        return str(source.backlog)
    return _("%(count)s, the oldest since %(oldest)s") % {
        "count": source.backlog,
        "oldest": _moment(oldest),
    }


def _heartbeat(source: Source) -> tuple[str, bool]:
    sent = _read(source.health.get("heartbeat_sent"))
    seen = _read(source.health.get("heartbeat_seen"))
    if sent is None:
        return _("not sent yet"), True
    if seen is not None and seen >= sent:
        return _("came back: %s") % _moment(seen), True
    return _("sent %s, not back yet") % _moment(sent), not says(source.said, HEARTBEAT_LOST)


def _miss(miss: dict[str, str]) -> str:
    return f"{_moment(_read(miss['at']))} {miss['table']}: {miss['reason']}"


def _other_problems(source: Source) -> list[str]:
    paused = set(source.paused_processes.values())
    return [source.again(s) for s in source.health.get("problems", []) if s not in paused]


def _read(written: object) -> datetime | None:
    return datetime.fromisoformat(written).astimezone(UTC) if isinstance(written, str) else None


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return "—"
    return date_format(timezone.localtime(moment), "d/m/Y H:i:s")
