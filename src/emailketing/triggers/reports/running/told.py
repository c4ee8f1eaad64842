"""A run that failed is told to the owner of its report: once, why, and when it runs again (P6)."""

import logging
from datetime import datetime

from emailketing.audience.own_people import mail_sender
from emailketing.audience.template_data import template_data
from emailketing.channels.declared import EMAIL
from emailketing.common.document import AlertTold
from emailketing.common.said import Said
from emailketing.common.said import say as _
from emailketing.company.free_days import free_days
from emailketing.content.models import Template
from emailketing.content.render import RenderFailed
from emailketing.content.starters import make_starter
from emailketing.outbox.queueing.dispatch import MailClass, Request, Way, dispatch, was_dispatched
from emailketing.schedule.models import Run
from emailketing.schedule.recurrence import Recurrence, first_instants
from emailketing.schedule.sentence import run_words
from emailketing.triggers.reports.definition.zone import zone_of_report
from emailketing.triggers.reports.models import Report
from emailketing.triggers.reports.running.shares import owner_of

logger = logging.getLogger(__name__)
WORDS = "alert"  # the template: a sentence, since when, and what to do


def tell_owner(report: Report, run: Run, sentence: str, *, now: datetime) -> None:
    """Write to the owner, or the administrators where there is none; readers hear nothing."""
    sender, people = mail_sender(), owner_of(report)
    if sender is None or not people:
        logger.warning("report %s failed: nobody to tell, or no mail sender", report.pk)
        return
    template = Template.objects.filter(slug=WORDS).first()
    if template is None or not template.revisions.exists():
        template = make_starter(WORDS, None, now=now)
    told = AlertTold(
        type="alert",
        key=str(run.pk),
        number=str(run.pk),
        label=report.name,
        kind="report",
        name=report.name,
        notes=" ".join(filter(None, [str(sentence), str(next_words(report, now))])),
        since_at=run.instant.isoformat(),
    )
    request = Request(
        key=f"{run.dispatch_key}:failed",
        trigger=report.trigger,
        trigger_label=report.name,
        ways={EMAIL: Way(template, sender)},
        recipients=people,
        data=template_data(told),
        mail_class=MailClass.REPORT,
        document_type="alert",
        document_key=str(run.pk),
        document_label=report.name,
    )
    try:
        dispatch(request, now=now)
    except RenderFailed as error:
        logger.warning("report %s: %s", report.pk, error)


def is_told(run: Run) -> bool:
    return was_dispatched(f"{run.dispatch_key}:failed")


def next_words(report: Report, now: datetime) -> Said | str:
    """Say when it runs next, by its schedule."""
    if not report.is_active or not report.schedule:
        return _("It does not run again by itself.")
    recurrence = Recurrence.from_json(report.schedule)
    found = first_instants(recurrence, now, free_days().is_free, count=1)
    if not found:
        return _("It does not run again by itself.")
    when = run_words(found[0], zone_of_report(report))
    return _("It runs again on %(when)s.") % {"when": when}
