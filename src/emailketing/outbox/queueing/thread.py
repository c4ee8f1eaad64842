"""Which letter a mail goes on from: a change, a reminder or an annulment stands below the first.

The Message-ID of that first letter is fixed at queueing (R5) among the message's own data.
"""

from collections.abc import Iterable

from emailketing.channels.declared import EMAIL
from emailketing.common.plain import Entry
from emailketing.outbox.models import Dispatch, Message
from emailketing.outbox.queueing.told import NOT_TOLD
from emailketing.outbox.queueing.write_out import THREAD


def goes_on(data: Entry) -> bool:
    """Whether the frozen data speak of a document that was written about before."""
    document, reminder = data.get("document"), data.get("reminder")
    told = isinstance(document, dict) and document.get("sent_at")
    return bool(told or (isinstance(reminder, dict) and reminder.get("number")))


def put_below_the_first(dispatch: Dispatch, rows: Iterable[Message]) -> None:
    """Note in each new mail the first one about this document to the same address.

    The label is compared too: another document may have had the same key before.
    """
    mails = [row for row in rows if row.channel == EMAIL]
    if not mails or not dispatch.document_key or not goes_on(dispatch.data):
        return
    written = Message.objects.filter(
        channel=EMAIL,
        dispatch__scope=dispatch.scope,
        dispatch__document_type=dispatch.document_type,
        dispatch__document_key=dispatch.document_key,
        dispatch__document_label=dispatch.document_label,
        address__in={row.address for row in mails},
    ).exclude(dispatch=dispatch)
    # the latest first: what remains for an address is its first letter
    known = written.exclude(state__in=NOT_TOLD).order_by("-pk")
    first = dict(known.values_list("address", "message_id"))
    for row in mails:
        if row.address in first:
            row.fields = {**row.fields, THREAD: first[row.address]}
