"""“Send me this”: the mail a rule would write about a past document, to whoever asks for it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.audience.template_data import template_data
from emailketing.audience.ways import choose_sender, template_for
from emailketing.common.document import Document
from emailketing.common.ids import ulid
from emailketing.content.documents import DocumentFailed
from emailketing.content.render import RenderFailed
from emailketing.content.store import StoreFull
from emailketing.outbox.queueing.dispatch import (
    Dispatched,
    DoesNotFit,
    MailClass,
    Recipient,
    Request,
    Way,
    dispatch,
)
from emailketing.triggers.notifications.firing.prepare import make_files
from emailketing.triggers.notifications.models import Rule


class TrialFailed(Exception):
    """The test message cannot be made; the message says why."""


@transaction.atomic
def send_trial(
    rule: Rule, document: Document, *, to: Recipient, by: Who | str, now: datetime
) -> Dispatched:
    """Queue the message for one person, over this person's channel, through the ledger.

    Raises:
        TrialFailed: no sender, or text or PDF cannot be made or kept.
    """
    sender, template = choose_sender(rule, to.channel), template_for(rule, to.channel)
    if template is None:
        raise TrialFailed(_("The rule has no text for the phone. Choose one."))
    if sender is None:
        raise TrialFailed(_("There is no active sender. Make one under Senders."))
    data = template_data(document)
    try:
        request = Request(
            key=f"test:rule:{rule.pk}:{ulid(now)}",
            trigger=f"test:rule:{rule.pk}",
            trigger_label=_("Test of “%(rule)s”") % {"rule": rule.name},
            ways={to.channel: Way(template, sender)},
            recipients=(to,),
            data=data,
            mail_class=MailClass.TRANSACTIONAL,
            scope=rule.source.scope,
            document_label=str(document.get("label") or ""),
            files=make_files(rule, data, [to]),
            created_by=str(by),
        )
        dispatched = dispatch(request, now=now)
    except (RenderFailed, DocumentFailed, DoesNotFit, StoreFull) as error:
        raise TrialFailed(str(error)) from error
    if dispatched.refused:
        raise TrialFailed(" ".join(refusal.sentence for refusal in dispatched.refused))
    note("tested", by=by, now=now, about=rule)
    return dispatched
