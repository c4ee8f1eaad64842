"""What stands still now: each a fact that something else wrote down, never guessed from logs."""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emailketing.alerts.occasions import occasions_waiting
from emailketing.alerts.stillness import (
    broken_rules,
    dead_processes,
    failing_rules,
    program_errors,
    standing_steps,
    unjudged_sources,
    unmatched_changes,
    unread_events,
    unreadable_documents,
)
from emailketing.alerts.trouble import Kind, Trouble
from emailketing.channels.email.mailbox import UNREAD_FOR
from emailketing.channels.models import Mailbox, Sender
from emailketing.common.os_errors import why
from emailketing.company.free_days import asks_to_look
from emailketing.company.models import Company, SafeMode
from emailketing.company.safe_mode import sentence
from emailketing.content.formats import money
from emailketing.links.public_address import known_address
from emailketing.outbox.afterwards.cases import Stopped, doubtful, stopped
from emailketing.outbox.afterwards.waiting import waiting_for_switched_off
from emailketing.outbox.sending.put_right import last_jump
from emailketing.outbox.spending import spending
from emailketing.sources.gaps import new_gaps, said
from emailketing.sources.judging.pending import ended
from emailketing.sources.models import Source
from emailketing.triggers.notifications.afterwards.unreached import undelivered
from emailketing.triggers.notifications.models import Outcome

__all__ = ["AT_ONCE", "PATIENCE", "Trouble", "troubles"]
LEAST_ROOM = 50_000_000  # bytes: less than one large attachment more
# what may be over by itself in a moment is told only when it lasts
PATIENCE = {
    Kind.SENDER: timedelta(minutes=5),
    Kind.SOURCE: timedelta(minutes=5),
    Kind.UNREADABLE: timedelta(minutes=5),
    Kind.UNJUDGED: timedelta(minutes=5),
    Kind.ADDRESS: timedelta(minutes=5),
    Kind.MAILBOX: timedelta(minutes=5),
}
GAP_IS_NEWS = JUMP_IS_NEWS = timedelta(days=1)
AT_ONCE = timedelta()
FAILS_AGAIN = 3  # a mailbox that failed so often does not mend itself
IN_DOUBT = ":doubt"  # behind the reason to write: an alert of its own
LOST_FOR = timedelta(days=1)  # then it has stood in the morning list


def troubles(now: datetime) -> list[Trouble]:
    """Look at everything that can stand still."""
    return [
        *_senders(),
        *_budgets(now),
        *_sources(),
        *_gaps(now),
        *unreadable_documents(),
        *standing_steps(now),
        *dead_processes(now),
        *unread_events(now),
        *unmatched_changes(),
        *unjudged_sources(now),
        *broken_rules(now),
        *failing_rules(),
        *program_errors(now),
        *_floods(),
        *_stopped(),
        *_doubtful(now),
        *_store(),
        *_clock(now),
        *_safe_modes(),
        *_unreached(now),
        *_free_days(now),
        *_public_address(),
        *occasions_waiting(now),
        *_mailboxes(),
    ]


def _free_days(now: datetime) -> Iterator[Trouble]:
    """In December: governments move the holidays of the next year by decree."""
    company, today = Company.get(), timezone.localtime(now).date()
    if asks_to_look(company, today):
        year = str(today.year + 1)
        sentence = _("Holidays are moved by decree: move, add or take away the days of %(year)s.")
        yield Trouble(Kind.FREE_DAYS, year, year, sentence % {"year": year})


def _public_address() -> Iterator[Trouble]:
    """It worked, links went out, and now they lead nowhere."""
    known = known_address()
    if known.problem and known.worked_at is not None:
        sentence = _(
            "%(why)s Links in messages lead nowhere, and new messages carry none until it answers "
            "again."
        )
        words = {"why": known.problem_in_words}
        yield Trouble(Kind.ADDRESS, "installation", known.url, sentence % words)


def _mailboxes() -> Iterator[Trouble]:
    """Who writes to us to end something is not heard meanwhile."""
    failing = Mailbox.objects.filter(is_active=True, failures__gte=FAILS_AGAIN)
    for mailbox in failing.select_related("sender").order_by("pk"):
        sentence = _(
            "%(why)s Nobody is heard who asks by mail to get no more messages; after %(hours)s"
            " hours none that need this way are written."
        )
        words = {"why": mailbox.problem_in_words, "hours": UNREAD_FOR // timedelta(hours=1)}
        yield Trouble(Kind.MAILBOX, str(mailbox.sender_id), mailbox.sender.name, sentence % words)


def _senders() -> Iterator[Trouble]:
    """A sender that rests was refused, or could not be reached; its first success forgets it."""
    resting = Sender.objects.filter(is_active=True, failure_count__gt=0).exclude(paused_reason="")
    for sender in resting:
        yield Trouble(Kind.SENDER, str(sender.pk), sender.name, sender.paused_in_words)
    waiting = waiting_for_switched_off()
    for sender in Sender.objects.filter(pk__in=waiting):
        sentence = ngettext(
            "%(count)s message waits for this sender, which is switched off. Switch it on again,"
            " or cancel it.",
            "%(count)s messages wait for this sender, which is switched off. Switch it on again,"
            " or cancel them.",
            waiting[sender.pk],
        )
        words = {"count": waiting[sender.pk]}
        yield Trouble(Kind.SENDER, str(sender.pk), sender.name, sentence % words)


def _budgets(now: datetime) -> Iterator[Trouble]:
    company = Company.get()
    for found in spending(now):
        if found.is_used_up:
            words = {
                "spent": money(found.spent, company.currency, company.language),
                "budget": money(found.budget, company.currency, company.language),
            }
            sentence = _("%(spent)s of %(budget)s are spent this month; its messages wait.")
            yield Trouble(Kind.BUDGET, str(found.sender.pk), found.sender.name, sentence % words)


def _sources() -> Iterator[Trouble]:
    safe = SafeMode.objects.filter(confirmed_at=None).exclude(kind=SafeMode.Kind.COPY)
    held = {scope.removeprefix("source:") for scope in safe.values_list("scope", flat=True)}
    for source in Source.objects.filter(status=Source.Status.TROUBLE).exclude(slug__in=held):
        yield Trouble(Kind.SOURCE, str(source.pk), source.name, source.problem)


def _safe_modes() -> Iterator[Trouble]:
    """Told at once: nothing reaches anybody until a person has decided (C20)."""
    for mode in SafeMode.objects.filter(confirmed_at=None).order_by("pk"):
        source = Source.objects.filter(slug=mode.scope.removeprefix("source:")).first()
        name = source.name if source else _("our own database")
        yield Trouble(Kind.SAFE_MODE, str(mode.pk), name, sentence(mode, name))


def _gaps(now: datetime) -> Iterator[Trouble]:
    """A time of blindness is told once; the audit and the page of the source keep it for ever."""
    for source in Source.objects.filter(gaps__noted_at__gt=now - GAP_IS_NEWS).distinct():
        gaps = new_gaps(source, now, within=GAP_IS_NEWS)
        if gaps:
            others = "" if len(gaps) == 1 else f" (+{len(gaps) - 1})"
            yield Trouble(Kind.GAP, str(source.pk), source.name, said(gaps[0]) + others)


def _floods() -> Iterator[Trouble]:
    held = Outcome.objects.filter(result=Outcome.Result.HELD)
    for row in held.values("rule_id", "rule__name").annotate(count=Count("pk")).order_by("rule_id"):
        sentence = ngettext(
            "%(count)s event is held: let it through or drop it.",
            "%(count)s events are held: let them through or drop them.",
            row["count"],
        )
        words = {"count": row["count"]}
        yield Trouble(Kind.FLOOD, str(row["rule_id"]), row["rule__name"], sentence % words)


def _stopped() -> Iterator[Trouble]:
    """Held or in quarantine: nothing moves until a person decides, so it is told at once (R24)."""
    for found in stopped():
        sentence = ngettext(
            "%(count)s message waits: %(document)s for %(who)s. %(why)s Look at it, then release"
            " it or stop it.",
            "%(count)s messages wait. The last, %(document)s for %(who)s: %(why)s Look at them,"
            " then release them or stop them.",
            found.count,
        )
        yield Trouble(Kind.WAITING, found.trigger, found.label, sentence % _words_of(found))


def _doubtful(now: datetime) -> Iterator[Trouble]:
    """In doubt, and nothing else will end it: a paper that nobody may have is told of (R4)."""
    for found in doubtful(now):
        sentence = ngettext(
            "%(count)s message is in doubt, nobody knows whether it arrived: %(document)s for"
            " %(who)s. %(why)s",
            "%(count)s messages are in doubt, nobody knows whether they arrived. The last,"
            " %(document)s for %(who)s: %(why)s",
            found.count,
        )
        about = f"{found.trigger}{IN_DOUBT}"
        yield Trouble(Kind.WAITING, about, found.label, sentence % _words_of(found))


def _words_of(found: Stopped) -> dict[str, object]:
    last = found.last
    return {
        "count": found.count,
        "document": (last.dispatch.document_label or last.subject)[:80],
        "who": (last.name or last.address)[:60],
        "why": ended(last.detail or str(last.get_state_display()))[:220],
    }


def _unreached(now: datetime) -> Iterator[Trouble]:
    """What was lost within a day and no fallback person heard of, rule by rule."""
    lost = undelivered(now - LOST_FOR).filter(instead=None)
    count = Counter(lost.values_list("rule_id", flat=True))
    for rule_id, number in sorted(count.items()):
        last = lost.filter(rule_id=rule_id).first()
        if last is None or last.rule is None or last.event is None:
            continue
        sentence = ngettext(
            "%(count)s message did not arrive, and the rule has no fallback person who could be"
            " told. %(document)s: %(why)s",
            "%(count)s messages did not arrive, and the rule has no fallback person who could be"
            " told. The last, %(document)s: %(why)s",
            number,
        )
        words = {"count": number, "document": last.event.document_label, "why": last.in_words}
        yield Trouble(Kind.UNREACHED, str(rule_id), last.rule.name, sentence % words)


def _clock(now: datetime) -> Iterator[Trouble]:
    """Told for a day: hours noted meanwhile are wrong, and the next jump may lose something."""
    jump = last_jump(now, within=JUMP_IS_NEWS)
    if jump is None:
        return
    sentence = _(
        "The clock of this computer was %(minutes)s minutes ahead and was put right on %(at)s. "
        "%(moved)s messages that waited for the wrong hour went on at once; hours noted before are "
        "wrong. See to it that the clock is set by a time server."
    )
    words = {
        "minutes": jump.seconds // 60,
        "at": date_format(timezone.localtime(jump.at), "d/m/Y H:i"),
        "moved": jump.moved,
    }
    yield Trouble(Kind.CLOCK, "installation", _("the clock"), sentence % words)


def _store() -> Iterator[Trouble]:
    folder, name = Path(settings.ATTACHMENTS), _("attachment store")
    place = folder if folder.exists() else folder.parent
    try:
        free = shutil.disk_usage(place).free
    except OSError as error:
        yield Trouble(Kind.STORE, "installation", name, why(error))
        return
    if free < LEAST_ROOM:
        sentence = _("Only %(room)s MB are free: documents cannot be kept, so nothing is written.")
        words = {"room": free // 1_000_000}
        yield Trouble(Kind.STORE, "installation", name, sentence % words)
