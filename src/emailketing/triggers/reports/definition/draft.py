"""A report that is being made or changed step by step: left and resumed, saved as one at its end.

A draft keeps what the report would say. Only what its author changed is put into the report that
is there by then: what somebody else changed meanwhile stays.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from emailketing.accounts.models import User
from emailketing.accounts.who import Who
from emailketing.channels.models import Sender
from emailketing.common.plain import JSON, Entry
from emailketing.company.models import Company
from emailketing.content.models import Template
from emailketing.content.sheet.column import Column, from_plain, to_plain
from emailketing.listings.ask import parameters_of
from emailketing.listings.errors import ListingError
from emailketing.outbox.queueing.dispatch import MailClass
from emailketing.schedule.choices import FIXED
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.connectors.model import PERIOD
from emailketing.sources.models import Source
from emailketing.triggers.reports.definition.asked import listing_of
from emailketing.triggers.reports.definition.checks import columns_of
from emailketing.triggers.reports.definition.save import save_report
from emailketing.triggers.reports.models import Report, ReportDraft

PLAIN = (
    *("name", "listing", "values", "schedule", "recipients", "fallback", "rows_by", "delivery"),
    *("mail_class", "window", "is_urgent", "files", "figures", "phone_text", "chart", "order"),
    *("top", "columns", "group_by", "compare", "when_empty", "only_if", "only_changed"),
    "trend",
    *("wait_hours", "missed", "keep_days", "is_active"),
)
SEVEN = "07:00"
LAST_STEP = "check"
KEPT = timedelta(days=90)
USUAL_FILES = ["pdf"]


def new_report(now: datetime) -> Report:
    """Return one with what is usual: every working day at seven, with a PDF, switched on."""
    rule, free_day = FIXED["working-day"]
    zone = Company.get().time_zone
    return Report(
        schedule={
            "rule": rule,
            "times": [SEVEN],
            "zone": zone,
            "free_day": free_day or "run",
            "starts": now.date().isoformat(),
            "ends": None,
        },
        files=list(USUAL_FILES),
        mail_class=MailClass.REPORT,
        is_active=True,
    )


def begin_draft(report: Report, *, author: User, now: datetime) -> ReportDraft:
    """Return the draft its author left of this report, or a new one of what it says now."""
    left = ReportDraft.objects.filter(report=report, author=author).first() if report.pk else None
    if left is not None:
        return left
    said = content_of(report) if report.pk else {}
    return ReportDraft.objects.create(
        report=report if report.pk else None,
        author=author,
        content=said,
        base=dict(said),
        columns=_columns(report, now) if report.pk else [],
        step=LAST_STEP if report.pk else "",  # all of it is there already
        changed_at=now,
    )


def keep_draft(
    draft: ReportDraft, report: Report, *, now: datetime, step: str = "", asks: bool = False
) -> None:
    """Keep what the report says by now; another listing is asked what columns it has.

    Args:
        draft: which.
        report: what it says by now.
        now: when.
        step: how far it came.
        asks: whether a listing that did not answer is asked again, which may take seconds.
    """
    was = draft.content.get("listing"), draft.content.get("values")
    if was[0] != report.listing:
        report.figures, report.order, report.columns = [], [], []  # of those of another
        report.phone_text, report.group_by = {}, ""
        report.chart, report.only_if, report.rows_by = {}, {}, {}
        draft.columns = _columns(report, now)
        _suggest(report, known_columns(draft))
    elif asks and not draft.columns:
        draft.columns = _columns(report, now)
    draft.content, draft.changed_at = content_of(report), now
    draft.step = step or draft.step
    draft.save()


def drop_draft(draft: ReportDraft) -> None:
    draft.delete()


def drop_old_drafts(now: datetime) -> int:
    """Throw away what nobody went on with; return how many."""
    old = ReportDraft.objects.filter(changed_at__lt=now - KEPT)
    return old.delete()[0]


@transaction.atomic
def finish_draft(draft: ReportDraft, *, by: Who, now: datetime) -> Report:
    """Save the report, and forget the draft.

    Raises:
        ReportInvalid: all that is wrong.
    """
    report = save_report(report_of(draft), by=by, now=now)
    draft.delete()
    return report


def report_of(draft: ReportDraft) -> Report:
    """Return the report as it would be saved."""
    report = draft.report or Report()
    said = {name: v for name, v in draft.content.items() if draft.base.get(name) != v}
    for name in PLAIN:
        if name in said:
            setattr(report, name, said[name])
    if "source" in said and (source := Source.objects.filter(pk=_number(said["source"])).first()):
        report.source = source
    if "owner" in said:
        report.owner = User.objects.filter(pk=_number(said["owner"])).first()
        report.has_owner = report.owner is not None
    if isinstance(ways := said.get("ways"), Mapping):
        _choose(report, ways)
    return report


def known_columns(draft: ReportDraft) -> tuple[Column, ...] | None:
    """Return the columns as the listing told them; None: it has not answered."""
    return tuple(map(from_plain, draft.columns)) or None


def content_of(report: Report) -> Entry:
    """Return what the report says, as JSON keeps it."""
    said: Entry = {name: getattr(report, name) for name in PLAIN}
    said["source"], said["owner"] = report.source_id, report.owner_id
    said["ways"] = {
        channel: [
            choice.template.pk if choice.template else None,
            choice.sender.pk if choice.sender else None,
        ]
        for channel, choice in report.choices.items()
        if choice.template or choice.sender
    }
    kept: Entry = json.loads(json.dumps(said))
    return kept


def _choose(report: Report, ways: Mapping[str, JSON]) -> None:
    for channel in {*ways, *report.choices}:
        chosen = ways.get(channel)
        template, sender = chosen if isinstance(chosen, list) else (None, None)
        report.choose(
            channel,
            template=Template.objects.filter(pk=_number(template)).first(),
            sender=Sender.objects.filter(pk=_number(sender)).first(),
        )


def _number(value: JSON) -> int:
    return value if isinstance(value, int) else 0


def _columns(report: Report, now: datetime) -> list[Entry]:
    return [to_plain(column) for column in columns_of(report, now=now) or ()]


def _suggest(report: Report, columns: Sequence[Column] | None) -> None:
    """Choose what is usual of this listing: bars of its first total, against the period before."""
    words = [one.name for one in columns or () if one.kind == "text" and one.name != "_level"]
    summed = [one for one in columns or () if one.is_numeric and one.total == "sum"]
    totals = [one.name for one in sorted(summed, key=lambda one: one.kind != "money")]
    if words and totals and not any(one.name == "_level" for one in columns or ()):
        report.chart = {"kind": "bars", "label": words[0], "values": totals[:1]}
    report.compare = ""
    try:
        parameters = parameters_of(listing_of(report).listing)
    except (ListingError, ConnectorError):
        return
    asked = (report.values.get(one.name, one.default) for one in parameters if one.type == PERIOD)
    if totals and any(asked):
        report.compare = "before"
