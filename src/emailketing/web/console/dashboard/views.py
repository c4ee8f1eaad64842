"""The front page: how it stands, what failed and what to do, what waits for a decision."""

from datetime import datetime, timedelta

from django.db.models import Count, Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from emailketing.channels.catalogue import is_phone
from emailketing.company.models import SafeMode
from emailketing.company.safe_mode import question, sentence
from emailketing.outbox.models import Message
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Outcome
from emailketing.web.console.dashboard.alerts import open_alerts, resolved
from emailketing.web.console.dashboard.checklist import checklist
from emailketing.web.console.dashboard.figures import chart, figures, list_url, messages_in
from emailketing.web.console.dashboard.lines import DashboardLine
from emailketing.web.console.dashboard.lost import lost_lines, untold_texts
from emailketing.web.console.dashboard.phones import phones
from emailketing.web.console.dashboard.processes import process_lines
from emailketing.web.console.dashboard.steps import step_lines
from emailketing.web.console.frame.banners import address
from emailketing.web.console.frame.pages import ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown

FAILURES_SHOWN = 5
DOUBTS_SHOWN = 5
FAILURES_SINCE = timedelta(days=14)


class Dashboard(ConsolePage):
    permission_required = ("outbox.view_message",)
    template_name = "console/dashboard/dashboard.html"
    title = gettext_lazy("Dashboard")

    def get_context_data(self, **kwargs: Shown) -> Context:
        now = timezone.now()
        return super().get_context_data(
            figures=figures(now),
            chart=chart(now),
            alerts=open_alerts(),
            resolved=resolved(now),
            phones=phones(now),
            to_decide=to_decide(),
            failures=last_failures(now),
            sources=[source_line(source, now) for source in Source.objects.all()],
            processes=process_lines(now),
            steps=step_lines(now),
            failed_url=list_url("failed", "30"),
            checklist=checklist(self.user),
            **kwargs,
        )


# ---- what waits for a decision ----


def to_decide() -> list[DashboardLine]:
    lines = [_safe_mode(mode) for mode in SafeMode.objects.filter(confirmed_at=None)]
    lines += [_doubt(message) for message in messages_in("in_doubt").order_by("-pk")[:DOUBTS_SHOWN]]
    return [*lines, *lost_lines(), *untold_texts(), *_held_messages(), *_held_events()]


def _safe_mode(mode: SafeMode) -> DashboardLine:
    return DashboardLine(
        "bad",
        _("safe mode"),
        question(mode),
        sentence(mode),
        reverse("console:safe_mode", args=[mode.pk]),
        mode.since,
    )


def _doubt(message: Message) -> DashboardLine:
    question = (
        _("Did it arrive? Ask, then choose: it was sent, send again (it is paid twice), give up.")
        if is_phone(message.channel)
        else _("The server may have it or not: say whether it was sent, send it again, or give up.")
    )
    return DashboardLine(
        "warn",
        message.get_state_display(),
        _("%(subject)s, for %(name)s")
        % {"subject": message.subject, "name": message.name or message.address},
        question,
        reverse("console:message", args=[message.pk]),
        message.created_at,
    )


def _held_messages() -> list[DashboardLine]:
    rows = (
        messages_in("held")
        .values("dispatch__trigger_label")
        .annotate(count=Count("pk"), last=Max("created_at"))
        .order_by("-last")[:DOUBTS_SHOWN]
    )
    return [
        DashboardLine(
            "warn",
            _("held"),
            row["dispatch__trigger_label"],
            ngettext(
                "%(count)s message waits for you to release or stop it.",
                "%(count)s messages wait for you to release or stop them.",
                row["count"],
            )
            % {"count": row["count"]},
            list_url("held", "all"),
            row["last"],
        )
        for row in rows
    ]


def _held_events() -> list[DashboardLine]:
    """What the flood guard stopped before it became messages."""
    rows = (
        Outcome.objects.filter(result=Outcome.Result.HELD)
        .values("rule_id", "rule__name")
        .annotate(count=Count("pk"), last=Max("at"))
        .order_by("-last")[:DOUBTS_SHOWN]
    )
    return [
        DashboardLine(
            "warn",
            _("held"),
            row["rule__name"],
            ngettext(
                "Too many at once: %(count)s event waits. Release or drop it in the rule.",
                "Too many at once: %(count)s events wait. Release or drop them in the rule.",
                row["count"],
            )
            % {"count": row["count"]},
            address("console:rule", row["rule_id"]),
            row["last"],
        )
        for row in rows
    ]


# ---- what failed ----


def last_failures(now: datetime) -> list[DashboardLine]:
    rows = messages_in("failed").filter(created_at__gte=now - FAILURES_SINCE).order_by("-pk")
    return [
        DashboardLine(
            "bad",
            message.get_state_display(),
            _("%(subject)s, for %(name)s")
            % {"subject": message.subject, "name": message.name or message.address},
            advice(message),
            reverse("console:message", args=[message.pk]),
            message.created_at,
            message.in_words,
        )
        for message in rows[:FAILURES_SHOWN]
    ]


def advice(message: Message) -> str:
    """What to do about a failure, by its reason."""
    again = _("Check the address of the recipient, then write it once more.")
    by_reason = {
        "address": again,
        "mailbox_full": again,
        "render": _("Mend the template, then write it once more."),
        "account": _("Look at the sender: password, server, encryption."),
        "policy": _("The other side does not want it: look at the sender and its domain."),
        "content": _("It is too large: make the attachment smaller, then write it once more."),
        "expired": _("It was too late to be useful. Write it once more if it still matters."),
    }
    return by_reason.get(message.reason, _("Open it to see what the server said."))


# ---- the sources ----


def source_line(source: Source, now: datetime) -> DashboardLine:
    tones = {
        Source.Status.WORKING: "ok",
        Source.Status.PAUSED: "warn",
        Source.Status.TROUBLE: "bad",
        Source.Status.NEW: "muted",
    }
    status = Source.Status(source.status)
    return DashboardLine(
        "warn" if source.paused_processes and status == Source.Status.WORKING else tones[status],
        str(status.label),
        source.name,
        _source_words(source, status, now),
        address("console:source", source.pk),
        source.changed_at,
    )


def _source_words(source: Source, status: Source.Status, now: datetime) -> str:
    if status == Source.Status.NEW:
        return _("The capture is not installed yet: nothing is noticed.")
    if status == Source.Status.PAUSED:
        return _("Paused by a person: changes are noted there and wait.")
    if troubles := source.in_words or " ".join(source.paused_in_words.values()):
        return troubles
    return _read_words(source, now)


def _read_words(source: Source, now: datetime) -> str:
    if source.polled_at is None:
        return _("It has not been read yet.")
    seconds = max(int((now - source.polled_at).total_seconds()), 0)
    words = {"seconds": seconds, "backlog": source.backlog}
    if source.backlog:
        return _("Read %(seconds)s seconds ago; %(backlog)s changes wait.") % words
    return _("Read %(seconds)s seconds ago; no change waits.") % words
