"""The morning list: whom nothing reached yesterday, and what waits for a person (erp.md 5.9)."""

import logging
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.alerts.models import Morning
from emailketing.alerts.readers import duty_holders
from emailketing.alerts.write import AlertMail, write
from emailketing.common.document import MorningList
from emailketing.company.links import link_to
from emailketing.company.models import Company
from emailketing.contacts.misread import misread
from emailketing.content.render import RenderFailed
from emailketing.outbox.afterwards.cases import cases, count_cases
from emailketing.sources.audit.choices import quiet_deletions
from emailketing.sources.audit.search import ChangeTeller
from emailketing.sources.models import CapturedChange
from emailketing.triggers.notifications.afterwards.unreached import party_of, undelivered, unreached
from emailketing.triggers.notifications.models import Outcome, Undelivered

logger = logging.getLogger(__name__)

HOUR = time(7)
MOST_ROWS = 30


def morning_due(now: datetime) -> int:
    """Write the list of today once, from seven o'clock of the company on; 1 when it was written."""
    local = now.astimezone(ZoneInfo(Company.get().time_zone))
    if local.time() < HOUR or Morning.objects.filter(day=local.date()).exists():
        return 0
    return morning(local.date(), now=now)


def morning(today: date, *, now: datetime) -> int:
    """Make the list; nothing is written when there is nothing to say."""
    with translation.override(Company.get().language):
        return _morning(today, now=now)


def _morning(today: date, *, now: datetime) -> int:
    document = gather(today)
    count = document["unreached_count"] + document["misread_new"]
    count += document["cases_count"] + document["deleted_count"]
    try:
        with transaction.atomic():
            Morning.objects.create(day=today, count=count, at=now)
            return int(bool(count) and _write(document, today, now))
    except RenderFailed as error:
        logger.warning("morning list: %s", error)
        return 0


def _write(document: MorningList, today: date, now: datetime) -> bool:
    letter = AlertMail(
        key=f"morning:{today:%Y-%m-%d}",
        slug="morning-list",
        label=_("Morning list"),
        document=document,
    )
    return write(letter, duty_holders(_("has the duty “Without an address”")), now=now)


def gather(today: date) -> MorningList:
    """Read what the list holds; every part is cut at thirty rows and says how many there are."""
    start, end = _day(today - timedelta(days=1)), _day(today)
    missed, unreadable = unreached(start, end), misread()
    lost = undelivered(start, end)
    deleted = quiet_deletions(start, end)
    new = unreadable.filter(contact__updated_at__gte=start, contact__updated_at__lt=end)
    return {
        "type": "morning_list",
        "key": f"{today:%Y-%m-%d}",
        "number": f"{today:%Y-%m-%d}",
        "date": f"{today:%Y-%m-%d}",
        "label": _("Morning list"),
        "unreached": [
            *(_unreached(outcome) for outcome in missed.order_by("pk")[:MOST_ROWS]),
            *(_undelivered(one) for one in lost.order_by("pk")[:MOST_ROWS]),
        ][:MOST_ROWS],
        "unreached_count": missed.count() + lost.count(),
        "misread": [
            {"person": row.contact.shown, "value": row.value, "problem": row.problem}
            for row in new.order_by("contact__name")[:MOST_ROWS]
        ],
        "misread_new": new.count(),
        "misread_count": unreadable.count(),
        "cases": [
            {
                "subject": case.subject,
                "who": case.name or case.address,
                "status": case.state,
                "created_at": case.since.isoformat(),
            }
            for case in cases(MOST_ROWS)
        ],
        "cases_count": count_cases(),
        "deleted": _deleted(deleted),
        "deleted_count": deleted.count(),
    }


def _deleted(found: "QuerySet[CapturedChange]") -> list[dict[str, str]]:
    """What was deleted in tables of which nobody has decided whether they are told."""
    teller = ChangeTeller(Company.get().language)
    return [
        {
            "record": teller.record(change),
            "who": change.actor or _("unknown"),
            "at": change.at.isoformat(),
            "choose_url": link_to("table", change.source_id, change.table),
        }
        for change in found.select_related("source")[:MOST_ROWS]
    ]


def _day(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(Company.get().time_zone))


def _unreached(outcome: Outcome) -> dict[str, str]:
    return {
        "document": outcome.event.document_label,
        "person": str(party_of(outcome).get("name") or ""),
        "rule": outcome.rule.name,
        "reason": outcome.in_words,
    }


def _undelivered(lost: Undelivered) -> dict[str, str]:
    return {
        "document": lost.event.document_label if lost.event else "",
        "person": lost.message.name or lost.message.address,
        "rule": lost.rule.name if lost.rule else "",
        "reason": lost.in_words,
    }
