"""What stands still, in one sentence each, and what was over lately."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emailketing.alerts.models import Alert
from emailketing.alerts.troubles import IN_DOUBT
from emailketing.web.console.dashboard.figures import list_url
from emailketing.web.console.dashboard.lines import DashboardLine
from emailketing.web.console.frame.banners import address

RESOLVED_FOR = timedelta(days=7)
RESOLVED_SHOWN = 5
IN_MINUTES = timedelta(hours=2)  # what is shorter is counted in minutes
Kind = Alert.Kind


def open_alerts() -> list[DashboardLine]:
    """Return what does not work now, the newest first, with what to do and where."""
    return [
        DashboardLine(
            "bad",
            _("attention"),
            title(alert),
            what_to_do(alert),
            page(alert),
            alert.since,
            alert.sentence,
        )
        for alert in Alert.objects.filter(ended_at=None)
    ]


def resolved(now: datetime) -> list[DashboardLine]:
    """Return what was over by itself or by somebody's hand."""
    over = Alert.objects.filter(ended_at__gte=now - RESOLVED_FOR).order_by("-ended_at")
    return [
        DashboardLine(
            "ok", _("resolved"), title(alert), _lasted(alert), page(alert), alert.ended_at
        )
        for alert in over[:RESOLVED_SHOWN]
    ]


def title(alert: Alert) -> str:
    sentences = {
        Kind.SENDER: _("The sender “%(name)s” does not send"),
        Kind.MAILBOX: _("The mailbox of “%(name)s” cannot be read"),
        Kind.BUDGET: _("The budget of “%(name)s” is spent"),
        Kind.SOURCE: _("The source “%(name)s” is in trouble"),
        Kind.UNREADABLE: _("Documents of “%(name)s” cannot be read"),
        Kind.UNMATCHED: _("“%(name)s”: changes, but no document"),
        Kind.UNJUDGED: _("“%(name)s” is read, but nothing is judged"),
        Kind.STANDSTILL: _("“%(name)s” stands still"),
        Kind.RULE: _("The rule “%(name)s” fails every time"),
        Kind.PROGRAM: _("“%(name)s” met an error in the program"),
        Kind.UNREACHED: _("“%(name)s”: messages did not arrive"),
        Kind.FLOOD: _("Too many at once: the rule “%(name)s” waits"),
        Kind.WAITING: _("“%(name)s”: messages wait for you"),
        Kind.STORE: _("The attachment store is full"),
        Kind.SAFE_MODE: _("Safe mode: %(name)s"),
        Kind.CLOCK: _("The clock of this computer was wrong"),
        Kind.GAP: _("“%(name)s” was not noted for a while"),
        Kind.FREE_DAYS: _("Look through the free days of %(name)s"),
        Kind.ADDRESS: _("The public address %(name)s does not answer"),
    }
    return sentences[Kind(alert.kind)] % {"name": alert.name}


def is_doubt(alert: Alert) -> bool:
    return alert.kind == Kind.WAITING and alert.about.endswith(IN_DOUBT)


def what_to_do(alert: Alert) -> str:
    if is_doubt(alert):
        return _("Ask the recipient, then say: it was sent, send it again, or give up.")
    sentences = {
        Kind.SENDER: _("Its messages wait. Look at server, user, password and line, then test it."),
        Kind.MAILBOX: _("Look at its server, user, password and folder, then try it."),
        Kind.BUDGET: _("Its messages wait. Raise the budget, or wait for next month."),
        Kind.SOURCE: _("Open it: it says what is missing, what to do, and when nothing was noted."),
        Kind.UNREADABLE: _("Open it: it names document and query. Correct the value or the query."),
        Kind.UNMATCHED: _("Check the connector: does the key of the document fit the table?"),
        Kind.UNJUDGED: _("Open it: it says which process is paused and why."),
        Kind.STANDSTILL: _("Look at the system page; if it does not go on, start it again."),
        Kind.RULE: _("Open the rule: its last results say why."),
        Kind.PROGRAM: _("Show the log to whoever looks after the program."),
        Kind.UNREACHED: _("Correct the address, and give the rule a fallback person."),
        Kind.FLOOD: _("Open the rule and choose: write them all, or give them up."),
        Kind.WAITING: _("Open them: each says why it stopped. Release it, or stop it."),
        Kind.STORE: _("Make room on the disk; it then goes on by itself."),
        Kind.SAFE_MODE: _("Open “Safe mode”, look, and say whether this is the right database."),
        Kind.CLOCK: _("Have it set by a time server; what waited for the wrong hour has gone on."),
        Kind.GAP: _("Open it: it says from when to when, and what was found by comparing."),
        Kind.FREE_DAYS: _("Open “Free days”, put them right, and say that you have looked."),
        Kind.ADDRESS: _("Look at the proxy, its certificate and the router, then test it again."),
    }
    return sentences[Kind(alert.kind)]


def page(alert: Alert) -> str:
    if alert.kind == Kind.WAITING:
        return list_url("in_doubt" if is_doubt(alert) else "held", "all")
    if alert.kind == Kind.PROGRAM and not alert.about.isdecimal():
        return "" if alert.about == "events" else address(f"console:{alert.about}")
    if alert.kind == Kind.ADDRESS:
        return address("console:public_address")
    if alert.kind == Kind.FREE_DAYS:
        return f"{address('console:free_days')}?year={alert.about}"
    pages = {
        Kind.SENDER: "console:sender",
        Kind.BUDGET: "console:sender",
        Kind.MAILBOX: "console:sender_mailbox",
        Kind.SOURCE: "console:source",
        Kind.UNREADABLE: "console:source",
        Kind.UNMATCHED: "console:source_check",
        Kind.UNJUDGED: "console:source",
        Kind.RULE: "console:rule",
        Kind.PROGRAM: "console:rule",
        Kind.UNREACHED: "console:rule",
        Kind.FLOOD: "console:rule",
        Kind.SAFE_MODE: "console:safe_mode",
        Kind.GAP: "console:source",
    }
    view = pages.get(Kind(alert.kind))
    return address(view, alert.about) if view else ""


def _lasted(alert: Alert) -> str:
    lasted = (alert.ended_at or alert.since) - alert.since
    minutes = max(int(lasted.total_seconds() // 60), 1)
    if lasted < IN_MINUTES:
        text = ngettext("It lasted %(count)s minute.", "It lasted %(count)s minutes.", minutes)
        return text % {"count": minutes}
    return _("It lasted %(hours)s hours.") % {"hours": minutes // 60}
