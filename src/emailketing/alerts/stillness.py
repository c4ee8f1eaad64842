"""What moves but leads nowhere: each a reasoning over facts that were written down."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emailketing.alerts.models import Alert
from emailketing.alerts.trouble import Kind, Trouble
from emailketing.common.language import active_language
from emailketing.common.reading import one_reading
from emailketing.company.beat import PUBLIC, REPORTS, SENDING, last_beat
from emailketing.company.models import TOO_LONG, ProgramError, StepState, WorkerProcess
from emailketing.events.readers import lags
from emailketing.sources.judging.pending import called, connector_of, ended, unreadable
from emailketing.sources.judging.unmatched import TOO_MANY
from emailketing.sources.models import Source, Unmatched
from emailketing.triggers.notifications.keys import REVISIONS, with_needed
from emailketing.triggers.notifications.models import Outcome, Rule
from emailketing.triggers.notifications.rules.save import problem_of

MOST_NAMED = 3
IN_A_ROW = 3  # failed attempts of a rule
LONG = timedelta(minutes=10)
TOLD_FOR = timedelta(days=1)  # an error in the program
TRIED = (Outcome.Result.SENT, Outcome.Result.FAILED, Outcome.Result.GATHERED)


def unreadable_documents() -> Iterator[Trouble]:
    """Name them: which document, which query, what the database said."""
    reading = [Source.Status.WORKING, Source.Status.TROUBLE]
    for source in Source.objects.filter(status__in=reading, pending__attempts__gt=0).distinct():
        rows = unreadable(source)
        count = rows.count()
        connector = connector_of(source)
        names = [
            f"{called(row, connector, active_language())} ({row.reason})"
            for row in rows[:MOST_NAMED]
        ]
        sentence = ngettext(
            "%(count)s document cannot be read and nobody is told of it: %(names)s It is tried "
            "again by itself. Correct the value or the query.",
            "%(count)s documents cannot be read and nobody is told of them: %(names)s They are "
            "tried again by themselves. Correct the values or the query.",
            count,
        )
        more = " …" if count > MOST_NAMED else ""
        words = {"count": count, "names": ended("; ".join(names)[:300] + more)}
        yield Trouble(Kind.UNREADABLE, str(source.pk), source.name, sentence % words)


def dead_processes(now: datetime) -> Iterator[Trouble]:
    """Sending, reports or one of several workers: for too long no sign of life, after there were.

    Whoever looks here is alive: with the last worker gone, console and /readyz say so. Whoever
    has looked away as long (a night, a computer asleep) says nothing new before the next look:
    the others may only be waking up, too.
    """
    seen = {worker.name: worker.seen_at for worker in WorkerProcess.objects.all()}
    ours = {SENDING: _("Sending"), REPORTS: _("Reports")}
    if settings.PUBLIC_PORT:
        ours[PUBLIC] = _("The published pages")
    seen |= {name: at for name in ours if (at := last_beat(name)) is not None}
    dead = {name: at for name, at in seen.items() if now - at >= TOO_LONG}
    awake = not dead or not _has_looked_away(now)
    for name, at in dead.items():
        about = f"process:{name}"[:80]
        if awake or Alert.objects.filter(ended_at=None, about=about).exists():
            sentence = _(
                "No sign of life since %(since)s. `serve` starts it again by itself; look at its "
                "log, or start eMailketing again: nothing is lost by that."
            )
            words = {"since": date_format(timezone.localtime(at), "d/m/Y H:i")}
            called = ours.get(name) or _("Worker %(name)s") % {"name": name}
            yield Trouble(Kind.STANDSTILL, about, called, sentence % words)


def _has_looked_away(now: datetime) -> bool:
    looked = StepState.objects.filter(name=StepState.Name.ALERTS, done_at__lte=now - TOO_LONG)
    return looked.exists()


def standing_steps(now: datetime) -> Iterator[Trouble]:
    """A step of the worker at one thing for too long, or failing again and again."""
    for step in StepState.objects.all():
        since = step.stands_still_since(now)
        if since is None:
            continue
        if step.failing_since is not None:
            sentence = _(
                "It has failed since %(since)s, %(count)s times: %(error)s It is tried again by "
                "itself; the log says more."
            )
        else:
            sentence = _(
                "It has been at one thing since %(since)s. If it does not go on, start "
                "eMailketing again: nothing is lost by that."
            )
        words = {
            "since": date_format(timezone.localtime(since), "d/m/Y H:i"),
            "count": step.failures,
            "error": ended(step.error),
        }
        yield Trouble(Kind.STANDSTILL, step.name, str(step.get_name_display()), sentence % words)


def unmatched_changes() -> Iterator[Trouble]:
    """Changes in a table of a document, and no document ever comes of it."""
    rows = Unmatched.objects.filter(Q(changes__gte=TOO_MANY) | ~Q(said=""))
    by_source: dict[int, list[Unmatched]] = {}
    for row in rows.select_related("source").order_by("source", "table"):
        by_source.setdefault(row.source_id, []).append(row)
    for pk, found in by_source.items():
        sentences = [_unmatched(row) for row in found[:MOST_NAMED]]
        name = found[0].source.name
        yield Trouble(Kind.UNMATCHED, str(pk), name, " ".join(sentences))


def _unmatched(row: Unmatched) -> str:
    if row.said:
        sentence = _(
            "%(count)s changes in table %(table)s lead to no document: %(said)s Correct the query "
            "or the value, then save the document again."
        )
        words = {"count": row.changes, "table": row.table, "said": ended(row.said)}
        return sentence % words
    sentence = _(
        "%(count)s changes in table %(table)s, 0 documents: does the key fit? “Check the "
        "connector” says what the table has."
    )
    return sentence % {"count": row.changes, "table": row.table}


def broken_rules(now: datetime) -> Iterator[Trouble]:
    """Active rules that cannot write, before the first message has failed."""
    rules = with_needed(Rule.objects.filter(is_active=True))
    with one_reading():
        for rule in rules.prefetch_related(REVISIONS):
            if problem := problem_of(rule, now=now):
                yield Trouble(Kind.RULE, str(rule.pk), rule.name, problem)


def failing_rules() -> Iterator[Trouble]:
    """Active rules whose last attempts all failed."""
    tried = Outcome.objects.filter(result__in=TRIED)
    failed = Outcome.objects.filter(result=Outcome.Result.FAILED, rule__is_active=True)
    for pk in failed.order_by().values_list("rule", flat=True).distinct():
        last = list(tried.filter(rule=pk).select_related("rule").order_by("-pk")[:IN_A_ROW])
        if len(last) < IN_A_ROW or any(one.result != Outcome.Result.FAILED for one in last):
            continue
        sentence = _(
            "The last %(count)s events could not be told: %(why)s Put it right, then decide on "
            "them again in the rule."
        )
        words = {"count": len(last), "why": ended(last[0].detail)}
        yield Trouble(Kind.RULE, str(pk), last[0].rule.name, sentence % words)


def program_errors(now: datetime) -> Iterator[Trouble]:
    """What the program erred over within a day: the rest went on, this one thing is to be seen."""
    for row in ProgramError.objects.filter(last_at__gt=now - TOLD_FOR).order_by("pk"):
        at = date_format(timezone.localtime(row.last_at), "d/m/Y H:i")
        sentence = ngettext(
            "An error in the program, %(count)s time, on %(at)s: %(error)s. What it met says so "
            "and is not told; all else goes on. The log says more: show it to whoever looks after "
            "the program, then decide on it again in the rule.",
            "An error in the program, %(count)s times, the last on %(at)s: %(error)s. What it met "
            "says so and is not told; all else goes on. The log says more: show it to whoever "
            "looks after the program, then decide on it again in the rule.",
            row.times,
        )
        words = {"count": row.times, "at": at, "error": row.error}
        about = row.about.removeprefix("rule:")
        yield Trouble(Kind.PROGRAM, about, row.name, sentence % words)


def unjudged_sources(now: datetime) -> Iterator[Trouble]:
    """A source that is read, but nothing of it is judged; or one that is not read at all."""
    reading = [Source.Status.WORKING, Source.Status.TROUBLE]
    for source in Source.objects.filter(status__in=reading, installed_at__lte=now - LONG):
        if source.polled_at is None or now - source.polled_at > LONG:
            if source.status == Source.Status.WORKING:  # else it says what is wrong
                yield _unread(source, now)
        elif sentence := _unjudged(source):
            yield Trouble(Kind.UNJUDGED, str(source.pk), source.name, sentence)


def _unread(source: Source, now: datetime) -> Trouble:
    sentence = _("It was not read since %(since)s. Look at it, and at the steps of the worker.")
    since = source.polled_at or source.installed_at or now
    words = {"since": date_format(timezone.localtime(since), "d/m/Y H:i")}
    return Trouble(Kind.UNJUDGED, str(source.pk), source.name, sentence % words)


def _unjudged(source: Source) -> str:
    """Say which documents wait for a process that is paused, or whose past is not noted."""
    waiting = source.pending.filter(attempts=0)
    count = waiting.count()
    connector = connector_of(source)
    edges = connector.edges if connector else {}
    stuck = [n for n in edges if n in source.paused_processes or n not in source.stocked]
    if count == 0 and not (edges and len(stuck) == len(edges)):
        return ""
    first = waiting.first()
    why = first.reason if first else next(iter(source.paused_processes.values()), "")
    sentence = ngettext(
        "It is read, but %(count)s document waits and is not told: %(why)s Correct it; the "
        "document is then told.",
        "It is read, but %(count)s documents wait and are not told: %(why)s Correct it; the "
        "documents are then told.",
        count,
    )
    return sentence % {"count": count, "why": ended(why)}


def unread_events(now: datetime) -> Iterator[Trouble]:
    """Events that wait for one of their readers for long: it does not get on."""
    sentence = _(
        "%(count)s events wait since %(since)s and are not read. Look at the steps of the worker."
    )
    for lag in lags():
        if lag.since is None or lag.since >= now - LONG:
            continue
        since = date_format(timezone.localtime(lag.since), "d/m/Y H:i")
        words = {"count": lag.waiting, "since": since}
        yield Trouble(Kind.STANDSTILL, f"events:{lag.name}", lag.title, sentence % words)
