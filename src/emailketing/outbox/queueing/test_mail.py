"""A test message: through the ledger and over the wire like every other, sandbox included (S34)."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.channels.catalogue import channel_of, is_phone
from emailketing.channels.models import Sender
from emailketing.common.ids import ulid
from emailketing.company.models import Company
from emailketing.content.compile import compile_revision
from emailketing.content.frozen_look import freeze_look
from emailketing.content.look import look_of
from emailketing.content.models import Brand, Revision, Template
from emailketing.content.render import RenderFailed
from emailketing.content.store import StoreFull
from emailketing.outbox.models import MailClass, Message
from emailketing.outbox.queueing.dispatch import DoesNotFit, Recipient, Request, Way, dispatch
from emailketing.outbox.queueing.targets import Unusable, usable_address

SLUG = "sender-test"


class SenderTestFailed(Exception):
    """The test message cannot be made; one sentence says why."""


def send_test(sender: Sender, to: str, *, by: Who | str, now: datetime) -> Message:
    """Queue a short test message, note who asked for it, and return it.

    Raises:
        SenderTestFailed: `to` is no address of the sender's channel, or what would be written to
            it cannot be made or kept.
    """
    company = Company.get()
    try:
        address = usable_address(sender.channel, to, company.country)
    except Unusable as error:
        raise SenderTestFailed(str(error)) from error
    language = _language(sender, company)
    person = Recipient(address=address, channel=sender.channel, language=language, why=_("test"))
    with transaction.atomic():
        request = Request(
            key=f"test:{sender.pk}:{ulid(now)}",
            trigger=f"test:{sender.pk}",
            trigger_label=_("Test of the sender"),
            ways={sender.channel: Way(_template(sender, language, now), sender)},
            recipients=(person,),
            data={
                "company": {"name": company.name, "time_zone": company.time_zone},
                "sender": {"name": sender.name, "host": sender.host},
                "at": now.isoformat(),
            },
            mail_class=MailClass.TRANSACTIONAL,
            created_by=str(by),
        )
        try:
            done = dispatch(request, now=now)
        except (DoesNotFit, RenderFailed, StoreFull) as error:
            raise SenderTestFailed(str(error)) from error
        note("tested", by=by, now=now, about=sender)
    return done.dispatch.messages.get()


def _language(sender: Sender, company: Company) -> str:
    """A text that is approved for every account has one language only."""
    return channel_of(sender.channel).test_language or company.language


def _template(sender: Sender, language: str, now: datetime) -> Template:
    """Return the template of the channel's tests, written when first needed; it may be changed."""
    channel = sender.channel
    slug = f"{SLUG}-{channel}" if is_phone(channel) else SLUG
    with translation.override(language):
        template, _is_new = Template.objects.get_or_create(
            slug=slug, defaults={"name": _("Test of a sender"), "channel": channel}
        )
        if not template.revisions.filter(language=language).exists():
            write = _write_short if is_phone(channel) else _write_revision
            write(template, language, now)
    return template


def _write_short(template: Template, language: str, now: datetime) -> None:
    """A phone gets one line; where texts are approved, the one that is for everybody."""
    approved = channel_of(template.channel).approved_test
    formats = Revision.Format
    text = _("{{ company.name|plain }}: test message. If you can read this, the sender works.")
    body = "" if approved else text
    Revision.objects.create(
        template=template,
        language=language,
        number=1,
        subject=approved,
        format=formats.APPROVED if approved else formats.SHORT,
        body=body,
        text=body,
        created_at=now,
    )


def _write_revision(template: Template, language: str, now: datetime) -> None:
    look = look_of(Brand.objects.filter(is_default=True).first())
    subject = _("Test message of {{ sender.name }}")
    body = _(
        "**{{ company.name }}** sends you this test message.\n\n"
        "It was sent through **{{ sender.name }}** ({{ sender.host }}) on {{ at|datetime }}.\n\n"
        "If you can read it, the sender works."
    )
    compiled = compile_revision(
        subject=subject, preheader="", body=body, style="simple", brand=look, language=language
    )
    Revision.objects.create(
        template=template,
        language=language,
        number=1,
        subject=compiled.subject,
        body=body,
        html=compiled.html,
        text=compiled.text,
        brand=freeze_look(look),
        created_at=now,
    )
