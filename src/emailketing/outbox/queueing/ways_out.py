"""Give each message its reader's way out, frozen with it: the same bytes at each attempt (R5)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from emailketing.channels.catalogue import is_phone
from emailketing.channels.email.mailbox import reads_mailbox
from emailketing.channels.models import Sender
from emailketing.common.plain import Entry
from emailketing.links.out import out_base, out_links
from emailketing.links.signed import LinkReader, token_of
from emailketing.outbox.classes import OFFER_WAY_OUT
from emailketing.outbox.models import Message
from emailketing.outbox.queueing.rows import fail
from emailketing.outbox.queueing.write_out import OUT
from emailketing.outbox.way_out import read_address, why_no_link, why_no_way_out

LONGEST_NAME = 60  # of what is ended, in the header List-ID


def give_ways_out(rows: Sequence[Message], ends: str, now: datetime) -> None:
    """Give those whose class offers one a way out; what needs one and has none will not leave.

    Args:
        rows: messages of one dispatch that are not saved yet.
        ends: what is ended by it, if that is not the whole class (report:12).
        now: when they are written.
    """
    by_sender: dict[Sender, list[Message]] = defaultdict(list)
    for row in rows:
        if row.mail_class in OFFER_WAY_OUT:
            by_sender[row.sender].append(row)
    for sender, some in by_sender.items():
        if why := why_no_way_out(some[0].mail_class, sender, now=now):
            for row in some:
                fail(row, "way_out", why, now)
        elif not is_phone(sender.channel):
            _give(sender, some, ends, now)


def _give(sender: Sender, rows: Sequence[Message], ends: str, now: datetime) -> None:
    about = ends or rows[0].mail_class
    shared: Entry = {"about": ends, "name": _name(rows[0], ends)}
    if reads_mailbox(sender, now):
        shared["mailto"] = read_address(sender)
    if not why_no_link(now):
        shared["base"] = out_base()
    if not shared.keys() & {"base", "mailto"}:
        return
    readers = [LinkReader(row.channel, row.address, row.name, row.language) for row in rows]
    links = out_links(about, readers, now=now)
    for row in rows:
        link = links[row.channel, row.address.strip().lower()]
        row.fields = {**row.fields, OUT: {**shared, "token": token_of(link)}}


def ends_of(message: Message) -> str:
    """Return what a message ends, for another one about the same."""
    out = message.fields.get(OUT)
    return str(out.get("about") or "") if isinstance(out, dict) else ""


def _name(row: Message, ends: str) -> str:
    return row.dispatch.trigger_label[:LONGEST_NAME] if ends else ""
