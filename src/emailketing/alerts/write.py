"""A mail to our own people, in the words of a template they may change, through the one door."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from emailketing.audience.own_people import mail_sender
from emailketing.audience.template_data import template_data
from emailketing.common.document import AlertTold, Document, MorningList
from emailketing.content.models import Template
from emailketing.content.starters import make_starter
from emailketing.outbox.queueing.dispatch import MailClass, Recipient, Request, Way, dispatch

LIFETIME = timedelta(hours=24)  # a sender that rests must not make the news of it expire


@dataclass(frozen=True, slots=True)
class AlertMail:
    """What is told: `slug` names the template, `key` makes it once (R28)."""

    key: str
    slug: str
    label: str
    document: Document | AlertTold | MorningList


def write(letter: AlertMail, readers: tuple[Recipient, ...], *, now: datetime) -> bool:
    """Queue it; False when there is nobody to read it or no sender to send it.

    Raises:
        RenderFailed: the template cannot be written out any more.
    """
    sender = mail_sender()
    if sender is None or not readers:
        return False
    template = Template.objects.filter(slug=letter.slug).first()
    if template is None or not template.revisions.exists():
        template = make_starter(letter.slug, None, now=now)
    dispatch(
        Request(
            key=letter.key,
            trigger=letter.slug,
            trigger_label=letter.label,
            ways={"email": Way(template, sender)},
            recipients=readers,
            data=template_data(letter.document),
            mail_class=MailClass.SECURITY,
            expires_at=now + LIFETIME,
        ),
        now=now,
    )
    return True
