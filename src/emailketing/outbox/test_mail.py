"""A test mail: through the ledger and over the wire like every other, sandbox included (S34)."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.channels.email.address import AddressInvalid, wire_address
from emailketing.channels.models import Sender
from emailketing.common.ids import ulid
from emailketing.company.models import Company
from emailketing.content.compile import compile_revision
from emailketing.content.frozen_look import freeze_look
from emailketing.content.look import look_of
from emailketing.content.models import Brand, Revision, Template
from emailketing.outbox.dispatch import Recipient, Request, Way, dispatch
from emailketing.outbox.models import MailClass, Message

SLUG = "sender-test"


def send_test(sender: Sender, to: str, *, by: str, now: datetime) -> Message:
    """Queue a short test mail and return it.

    Raises:
        AddressInvalid: `to` is no e-mail address; the message is one sentence.
    """
    company = Company.get()
    try:
        wire_address(to)
    except AddressInvalid as error:
        raise AddressInvalid(_("“%s” is not an e-mail address.") % to) from error
    with transaction.atomic():
        done = dispatch(
            Request(
                key=f"test:{sender.pk}:{ulid(now)}",
                trigger=f"test:{sender.pk}",
                trigger_label=_("Test of the sender"),
                ways={sender.channel: Way(_template(company.language, now), sender)},
                recipients=(Recipient(address=to, language=company.language, why=_("test")),),
                data={
                    "company": {"name": company.name, "time_zone": company.time_zone},
                    "sender": {"name": sender.name, "host": sender.host},
                    "at": now.isoformat(),
                },
                mail_class=MailClass.TRANSACTIONAL,
                created_by=by,
            ),
            now=now,
        )
    return done.dispatch.messages.get()


def _template(language: str, now: datetime) -> Template:
    """Return the template of test mails, written when it is first needed; it may be changed."""
    with translation.override(language):
        template, _is_new = Template.objects.get_or_create(
            slug=SLUG, defaults={"name": _("Test of a sender")}
        )
        if not template.revisions.filter(language=language).exists():
            _write_revision(template, language, now)
    return template


def _write_revision(template: Template, language: str, now: datetime) -> None:
    look = look_of(Brand.objects.filter(is_default=True).first())
    subject = _("Test message of {{ sender.name }}")
    body = _(
        "This is a test message of {{ company.name }}.\n\n"
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
