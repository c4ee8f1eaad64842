"""“Send me this one”: the greeting of one person as it would be written, to whoever asks for it."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.audience.ways import plan_of
from emailketing.common.ids import ulid
from emailketing.content.render import RenderFailed
from emailketing.content.store import StoreFull
from emailketing.outbox.queueing.dispatch import (
    Dispatched,
    DoesNotFit,
    MailClass,
    Recipient,
    Request,
    dispatch,
)
from emailketing.triggers.occasions.models import Occasion
from emailketing.triggers.occasions.running.due import Due
from emailketing.triggers.occasions.running.greet import data_of
from emailketing.triggers.occasions.running.judge import fields_of


class CannotSendOne(Exception):
    """It cannot be made; the sentence says why."""


@transaction.atomic
def send_one(
    occasion: Occasion, due: Due, *, to: Recipient, by: Who | str, now: datetime
) -> Dispatched:
    """Queue it for whoever asks; nobody of the occasion is greeted by it.

    Raises:
        CannotSendOne: no sender, no text, or it cannot be made or kept.
    """
    way = plan_of(occasion).ways.get(to.channel)
    if way is None:
        raise CannotSendOne(_("There is no text and sender for this channel."))
    name = due.name or due.contact.name
    person = replace(to, name=name, language=due.contact.language, fields=fields_of(due))
    request = Request(
        key=f"test:{occasion.trigger}:{ulid(now)}",
        trigger=f"test:{occasion.trigger}",
        trigger_label=_("Test of “%(rule)s”") % {"rule": occasion.name},
        ways={to.channel: way},
        recipients=(person,),
        data=data_of(occasion, due.date),
        mail_class=MailClass.TRANSACTIONAL,
        document_label=occasion.name,
        created_by=str(by),
    )
    try:
        done = dispatch(request, now=now)
    except (RenderFailed, DoesNotFit, StoreFull) as error:
        raise CannotSendOne(str(error)) from error
    if done.refused or done.broken:
        raise CannotSendOne(" ".join([*(one.sentence for one in done.refused), *done.broken]))
    note("tested", by=by, now=now, about=occasion)
    return done
