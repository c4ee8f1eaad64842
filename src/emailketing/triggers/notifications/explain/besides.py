"""What stands in the way whatever the document is: of the person, and of the whole house."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from emailketing.company.beat import is_sending_alive, is_worker_alive
from emailketing.company.models import Company, SafeMode
from emailketing.contacts.misread import why_misread
from emailketing.contacts.models import Address, Contact
from emailketing.contacts.wishes import barred, with_notes
from emailketing.outbox.afterwards.finding import Finding, PageReference
from emailketing.outbox.afterwards.how_it_stands import when
from emailketing.sources.models import Source
from emailketing.triggers.notifications.explain.people import Somebody


def besides(somebody: Somebody | None, *, now: datetime) -> Iterator[Finding]:
    if somebody is not None and somebody.contact is not None:
        yield from _of_contact(somebody.contact)
    yield from _of_house(now)


def _of_contact(contact: Contact) -> Iterator[Finding]:
    place = PageReference("contact", _("See the contact"), (contact.pk,))
    words = {"name": contact.shown}
    if not contact.is_active:
        what = _("%(name)s is no longer active in the business system.") % words
        yield Finding(what, _("Make the person active again there."), place, "bad")
    rows = list(contact.addresses.all())
    if not rows:
        what = _("%(name)s has no address at all: neither e-mail nor phone.") % words
        needed = _("Write one into the business system, or into the contact.")
        yield Finding(what, needed, place, "bad")
    for row in rows:
        if row.problem:
            what = _("What stands as address is not understood: “%(written)s”. %(problem)s")
            needed = _("Correct it where it stands.")
            facts = {"written": row.value, "problem": why_misread(row)}
            yield Finding((what % facts).strip(), needed, place, "bad")
    yield from _barred(rows)


def _barred(rows: list[Address]) -> Iterator[Finding]:
    for row, notes in with_notes(rows):
        noted = barred(notes)
        if noted is None:
            continue
        what = _("We must not write to %(address)s since %(since)s: %(why)s.")
        facts = {
            "address": row.value,
            "since": when(noted.at),
            "why": str(noted.get_reason_display()),
        }
        needed = _("Allow the address again when the reason is gone.")
        lift = PageReference("suppression_lift", _("Allow the address again"), (noted.pk,))
        yield Finding(what % facts, needed, lift, "bad")


def _of_house(now: datetime) -> Iterator[Finding]:
    company, own = Company.get(), PageReference("company", _("See the company"))
    if company.is_stopped:
        what = _("Everything is stopped by an administrator: nothing leaves.")
        yield Finding(what, _("Let it go on under Company."), own, "bad")
    if not company.is_live:
        what = _("We are in test mode: whatever is written lands in the test inbox.")
        yield Finding(what, _("Go live under Company."), own, "warn")
    for mode in SafeMode.objects.filter(confirmed_at=None):
        what = _("The safe mode holds messages back: this may be a copy of the database.")
        yield Finding(what, _("Look and decide."), _decide(mode), "bad")
    if not is_worker_alive(now):
        what = (
            _("The worker is not running: nothing is read or decided.")
            if is_sending_alive(now)
            else _("The worker is not running: nothing is read or sent.")
        )
        needed = _("Start it again with “emailketing serve”.")
        yield Finding(what, needed, None, "bad")
    elif not is_sending_alive(now):
        what = _("Sending is not running: what is queued waits.")
        needed = _("Start it again with “emailketing serve”.")
        yield Finding(what, needed, None, "bad")
    yield from _of_sources()


def _decide(mode: SafeMode) -> PageReference:
    return PageReference("safe_mode", _("Look and decide"), (mode.pk,))


def _of_sources() -> Iterator[Finding]:
    for source in Source.objects.exclude(status=Source.Status.WORKING):
        what = _("The source “%(name)s” is not read as it should be: %(why)s")
        why = source.in_words or str(source.get_status_display())
        place = PageReference("source", _("See the source"), (source.pk,))
        needed = _("Put that right: what happens meanwhile is not told in time.")
        yield Finding(what % {"name": source.name, "why": why}, needed, place, "bad")
