"""How a message stands, for whoever asks why it did not arrive, and what to do about it."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from emailketing.common.language import active_language
from emailketing.company.models import Company
from emailketing.contacts.suppress import suppressed_among
from emailketing.content.formats import moment
from emailketing.outbox.afterwards.finding import Finding, PageReference
from emailketing.outbox.models import Message, State
from emailketing.outbox.policy import address_kind, allowance, read_brakes, stopping

ARRIVED, TESTED, DOUBTFUL, WAITING, STOPPED = 90, 85, 80, 75, 70  # ranks of a finding
MOST = 50


def written_to(
    contact: int | None, addresses: tuple[str, ...], *, dispatches: Q | None = None
) -> QuerySet[Message]:
    """Return what was written to this person, the newest first."""
    whose = Q(address__in=addresses)
    if contact is not None:
        whose |= Q(contact_id=contact)
    found = Message.objects.filter(whose, dispatches or Q())
    return found.select_related("dispatch", "sender").defer("dispatch__data").order_by("-pk")


def about_document(scope: str, document_type: str, document_key: str) -> Q:
    """Return the condition “is about this document”."""
    return Q(
        dispatch__scope=scope,
        dispatch__document_type=document_type,
        dispatch__document_key=document_key,
    )


def about_day(start: datetime, end: datetime) -> Q:
    """Return the condition “was queued in these hours”."""
    return Q(created_at__gte=start, created_at__lt=end)


def how_it_stands(message: Message, *, now: datetime) -> Finding:
    """Say what became of it, and what would be needed."""
    if message.is_in_test_inbox:
        return _tested(message)
    if message.state in {State.ACCEPTED, State.DELIVERED, State.COMPLAINED}:
        return _arrived(message)
    if message.state in {State.IN_DOUBT, State.HELD, State.QUARANTINED}:
        return _undecided(message)
    if message.state == State.SUPPRESSED:
        return _suppressed(message)
    if message.state in {State.FAILED, State.BOUNCED, State.EXPIRED, State.CANCELLED}:
        return _ended(message)
    return _waiting(message, now)


def when(at: datetime | None) -> str:
    return moment(at, active_language(), Company.get().time_zone) if at else ""


def _words(message: Message) -> dict[str, str]:
    return {
        "what": message.dispatch.trigger_label,
        "address": message.address,
        "at": when(message.accepted_at or message.finished_at or message.created_at),
        "why": message.in_words,
    }


def _finding(
    message: Message,
    what: str,
    needed: str,
    tone: str,
    rank: int,
    place: PageReference | None = None,
) -> Finding:
    return Finding(
        what,
        needed,
        place or PageReference("message", _("See the message"), (message.pk,)),
        tone,
        rank,
        about=message.dispatch.trigger_label,
        at=message.created_at,
    )


def _tested(message: Message) -> Finding:
    what = _("It was written on %(at)s, but went to the test inbox: it reached nobody.")
    needed = _(
        "Go live under Company. Then messages reach people; this one has to be sent once more."
    )
    if Company.get().is_live:
        needed = _("We are live now, but were not then: send the message once more.")
    return _finding(message, what % _words(message), needed, "warn", TESTED)


def _arrived(message: Message) -> Finding:
    if message.state == State.DELIVERED:
        what = _("It was delivered to %(address)s on %(at)s.")
        return _finding(message, what % _words(message), "", "ok", ARRIVED)
    if message.state == State.COMPLAINED:
        what = _("It left for %(address)s on %(at)s, and was marked there as unwanted.")
        needed = _("Ask the person before you write again.")
        return _finding(message, what % _words(message), needed, "warn", ARRIVED)
    what = _("It did leave: the server of %(address)s took it on %(at)s.")
    needed = _(
        "If the person does not see it: is the address right? Ask them to look into the folder"
        " of unwanted mail; then send it once more from the page of the message."
    )
    if address_kind(message.channel) == "phone":
        what = _("It did leave: the network took it for %(address)s on %(at)s.")
        needed = _("If the person does not see it: is the number right, and the phone on?")
    return _finding(message, what % _words(message), needed, "ok", ARRIVED)


def _undecided(message: Message) -> Finding:
    rank = DOUBTFUL if message.state == State.IN_DOUBT else WAITING
    if message.state == State.IN_DOUBT:
        what = _(
            "It may have arrived at %(address)s or not: the line broke after it was handed over."
        )
        needed = _("Ask the person, then decide on the page of the message.")
    elif message.state == State.QUARANTINED:
        what = _("It was put aside, because the program broke off three times while sending it.")
        needed = _("Look at it, then release or cancel it.")
    else:
        what = _("It is held and waits for a decision: %(why)s")
        needed = _("Look at it, then release or cancel it.")
    return _finding(message, (what % _words(message)).rstrip(": "), needed, "warn", rank)


def _suppressed(message: Message) -> Finding:
    address = message.address.lower()
    noted = suppressed_among([address], kind=address_kind(message.channel)).get(address, [])
    barred = stopping(noted, message.mail_class, message.dispatch.trigger)
    words = _words(message)
    if barred is None:
        what = _("It was not sent: nobody wrote to %(address)s then (%(why)s).")
        needed = _("Today it may be used again: send the message once more.")
        return _finding(message, what % words, needed, "bad", STOPPED)
    words |= {"why": str(barred.get_reason_display()), "since": when(barred.at)}
    what = _("It was not sent: we must not write to %(address)s since %(since)s (%(why)s).")
    needed = _("When the reason is gone, allow the address again; then send it once more.")
    place = PageReference("suppression_lift", _("Allow the address again"), (barred.pk,))
    return _finding(message, what % words, needed, "bad", STOPPED, place)


def _ended(message: Message) -> Finding:
    words = _words(message)
    decision = message.decisions.order_by("-pk").first()
    if message.state == State.CANCELLED:
        what = _("It was cancelled before it left: %(why)s")
        if decision is not None:
            what = _("%(who)s cancelled it before it left: %(why)s")
            words |= {"who": decision.by, "why": decision.note}
        needed = _("When it should leave after all, send it once more.")
        return _finding(message, (what % words).rstrip(": "), needed, "muted", STOPPED)
    if message.state == State.EXPIRED:
        what = _("It was not sent in time, and then it was no longer worth sending. %(why)s")
        needed = _("Send it once more when it still is of use.")
    else:
        what = _("It was sent to %(address)s and did not arrive. %(why)s")
        needed = _(
            "Correct the address where it stands (in the business system, or in the contact);"
            " then send it once more."
        )
    return _finding(message, (what % words).strip(), needed, "bad", STOPPED)


def _waiting(message: Message, now: datetime) -> Finding:
    words = _words(message) | {"next": when(message.next_at)}
    if message.state in {State.CLAIMED, State.TRANSMITTING}:
        what = _("It is leaving right now for %(address)s.")
        return _finding(message, what % words, "", "info", WAITING)
    brakes = read_brakes()
    stop = allowance(message.sender, brakes, now=now)
    if not stop.most:
        what = _("It is ready and waits. %(why)s") % {"why": stop.why}
        page, args = ("company", ()) if brakes.is_stopped else ("senders", ())
        place = PageReference(page, _("Change it there"), args)
        needed = _("It leaves by itself as soon as that is over.")
        return _finding(message, what, needed, "warn", WAITING, place)
    if message.state == State.DEFERRED:
        what = _("%(address)s could not be reached yet. %(why)s")
        needed = _("Nothing: it is tried again by itself on %(next)s.")
        return _finding(message, what % words, needed % words, "warn", WAITING)
    if message.next_at > now:
        what = _("It waits for its hour: it leaves on %(next)s.")
        needed = _("Nothing; the hours are set in the rule and under Company.")
        return _finding(message, what % words, needed, "info", WAITING)
    what = _("It is ready and about to leave. %(why)s")
    return _finding(message, (what % words).strip(), "", "info", WAITING)
