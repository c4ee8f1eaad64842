"""Say once that something stands still: on the dashboard at once, by mail when it lasts."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.alerts.models import Alert
from emailketing.alerts.troubles import AT_ONCE, PATIENCE, Trouble, troubles
from emailketing.alerts.write import AlertMail, write
from emailketing.audience.own_people import administrators
from emailketing.company.models import Company
from emailketing.content.render import RenderFailed

logger = logging.getLogger(__name__)


def alert(now: datetime) -> int:
    """Note what is new, tell what lasts, end what is over; return how many were told or ended."""
    with translation.override(Company.get().language):
        return _alert(now)


def _alert(now: datetime) -> int:
    found = {(str(trouble.kind), trouble.about): trouble for trouble in troubles(now)}
    told = ended = 0
    for known in Alert.objects.filter(ended_at=None):
        trouble = found.pop((known.kind, known.about), None)
        if trouble is None:
            ended += _end(known, now)
            continue
        told += _go_on(known, trouble, now)
    for trouble in found.values():
        told += _begin(trouble, now)
    return told + ended


def _begin(trouble: Trouble, now: datetime) -> bool:
    new = Alert.objects.create(
        kind=trouble.kind,
        about=trouble.about[:80],
        name=trouble.name[:200],
        sentence=trouble.sentence[:500],
        since=now,
    )
    return _tell(new, now)


def _go_on(known: Alert, trouble: Trouble, now: datetime) -> bool:
    if (known.sentence, known.name) != (trouble.sentence[:500], trouble.name[:200]):
        known.sentence, known.name = trouble.sentence[:500], trouble.name[:200]
        known.save(update_fields=["sentence", "name"])
    return known.told_at is None and _tell(known, now)


def _end(known: Alert, now: datetime) -> bool:
    """What was over before anybody was told leaves no trace."""
    if known.told_at is None:
        known.delete()
        return False
    known.ended_at = now
    known.save(update_fields=["ended_at"])
    return True


def _tell(known: Alert, now: datetime) -> bool:
    if now - known.since < PATIENCE.get(Alert.Kind(known.kind), AT_ONCE):
        return False
    letter = AlertMail(
        key=f"alert:{known.kind}:{known.about}:{known.since.isoformat()}",
        slug="alert",
        label=_("Alert"),
        document={
            "type": "alert",
            "key": str(known.pk),
            "number": str(known.pk),
            "label": str(known.get_kind_display()),
            "kind": known.kind,
            "name": known.name,
            "notes": known.sentence,
            "since_at": known.since.isoformat(),
        },
    )
    try:
        with transaction.atomic():
            known.told_at = now
            known.save(update_fields=["told_at"])
            if not write(letter, administrators(_("administrator")), now=now):
                logger.warning("alert %s: nobody to tell, or no mail sender", known.kind)
    except RenderFailed as error:
        logger.warning("alert %s: %s", known.kind, error)
        return False
    return True
