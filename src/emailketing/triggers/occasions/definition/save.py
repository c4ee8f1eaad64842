"""Save an occasion after checking that it can be kept; switch it, skip a day, answer its doubts."""

from contextlib import suppress
from datetime import date, datetime, timedelta

from django.db import transaction

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.audience.problem import Problem
from emailketing.audience.saving import (
    AudienceInvalid,
    choose_texts,
    pause,
    resume,
    save_noted,
)
from emailketing.contacts.models import Contact
from emailketing.listings.errors import ListingError, NotForYou
from emailketing.listings.known import find_listing
from emailketing.outbox.queueing.dispatch import MailClass
from emailketing.triggers.occasions.definition.checks import occasion_problems
from emailketing.triggers.occasions.definition.days import day_of, plain_day
from emailketing.triggers.occasions.definition.right import answer_for, may_see_rows
from emailketing.triggers.occasions.models import (
    DatesRead,
    DoubtfulDay,
    GreetingDay,
    Occasion,
    Skip,
)

USUAL_HOURS = {"from": "09:00", "to": "20:00"}
USUAL_TEXTS = {"birth": "birthday", "customer_since": "anniversary", "inspection": "inspection"}


class OccasionInvalid(AudienceInvalid):
    """The occasion cannot be kept as it is."""


@transaction.atomic
def save_occasion(occasion: Occasion, *, by: Who | str, now: datetime) -> Occasion:
    """Check, save, and note what changed; texts that nobody chose are the ready-made ones.

    Raises:
        OccasionInvalid: all that is wrong.
    """
    _name_listing(occasion)
    refuse_unseen(occasion, by)
    occasion.mail_class, occasion.is_urgent = MailClass.GREETING, False
    choose_greeting(occasion, usual_text(occasion), now=now)
    check(occasion, now=now)
    occasion.day = plain_day(day_of(occasion))
    known = Occasion.objects.filter(pk=occasion.pk).first()
    if known is None:
        occasion.created_at, occasion.created_by = now, str(by)
    if occasion.is_active:
        occasion.paused_reason, occasion.said = "", None
        if known is None or not known.is_active:
            occasion.active_since = now  # what lay before is nobody's day any more
    answer_for(occasion, known.listing if known else "", by)
    save_noted(occasion, known, by=by, now=now)
    if occasion.listing and (known is None or known.day != occasion.day):
        want_dates(occasion, now=now)
    return occasion


def want_dates(occasion: Occasion, *, now: datetime) -> None:
    """Ask for its listing to be read as soon as a worker comes by."""
    DatesRead.objects.update_or_create(occasion=occasion, defaults={"wanted_at": now})


def _name_listing(occasion: Occasion) -> None:
    """Keep the whole name of its listing: rights and uses are asked by it."""
    with suppress(ListingError):  # said where it is checked
        if occasion.listing:
            occasion.day = {**occasion.day, "listing": find_listing(occasion.listing).name}


def refuse_unseen(occasion: Occasion, by: Who | str) -> None:
    """Refuse who may not see the listing that its dates come from (P12).

    Raises:
        OccasionInvalid: one sentence.
    """
    if not may_see_rows(by, occasion):
        raise OccasionInvalid(Problem(str(NotForYou(name=occasion.listing)), "day"))


def check(occasion: Occasion, *, now: datetime) -> None:
    """Refuse an occasion that could not be kept.

    Raises:
        OccasionInvalid: with everything that is wrong.
    """
    if found := list(occasion_problems(occasion, now=now)):
        raise OccasionInvalid(*found)


@transaction.atomic
def resume_occasion(occasion: Occasion, *, by: Who | str, now: datetime) -> None:
    """Let it greet from today on; days that went by meanwhile are not made up for.

    Raises:
        OccasionInvalid: it could not.
    """
    refuse_unseen(occasion, by)
    resume(occasion, lambda: check(occasion, now=now), since="active_since", by=by, now=now)
    if occasion.listing:
        answer_for(occasion, occasion.listing, by)
        occasion.save(update_fields=["owner", "has_owner"])
        want_dates(occasion, now=now)


def pause_occasion(occasion: Occasion, *, by: Who | str, now: datetime, reason: str = "") -> None:
    """Let it rest until somebody resumes it."""
    pause(occasion, by=by, now=now, reason=reason)


@transaction.atomic
def delete_occasion(occasion: Occasion, *, by: Who | str, now: datetime) -> None:
    """Forget an occasion, and who was greeted by it; messages already sent stay."""
    note("deleted", by=by, now=now, about=occasion)
    occasion.delete()


@transaction.atomic
def skip(
    occasion: Occasion,
    day: date,
    whom: tuple[Contact, str] | None = None,
    *,
    by: Who | str,
    now: datetime,
) -> Skip:
    """Leave out the whole day, or one person of it; twice is once."""
    contact, name = whom or (None, "")
    found, is_new = Skip.objects.get_or_create(
        occasion=occasion,
        day=day,
        contact=contact,
        name=name,
        defaults={"at": now, "by": str(by)[:150]},
    )
    if is_new:
        note("changed", by=by, now=now, about=occasion, changes={"skips": ["", _said(found)]})
    return found


@transaction.atomic
def unskip(found: Skip, *, by: Who | str, now: datetime) -> None:
    """Greet all the same."""
    changes = {"skips": [_said(found), ""]}
    note("changed", by=by, now=now, about=found.occasion, changes=changes)
    _look_again(found.occasion, found.day, now)
    found.delete()


@transaction.atomic
def answer_doubt(
    doubt: DoubtfulDay, answer: DoubtfulDay.Answer, *, by: Who | str, now: datetime
) -> None:
    """Say whether so many people really have that day."""
    was, doubt.answer = doubt.answer, answer
    doubt.answered_at, doubt.answered_by = now, str(by)[:150]
    doubt.save(update_fields=["answer", "answered_at", "answered_by"])
    place = f"{doubt.day:02}/{doubt.month:02}"
    changes = {f"doubt {place}": [was, str(answer)]}
    note("changed", by=by, now=now, about=doubt.occasion, changes=changes)
    _look_again(doubt.occasion, now.date() - timedelta(days=1), now)  # today, in every zone


def _look_again(occasion: Occasion, since: date, now: datetime) -> None:
    """Have days looked at again that are done for now: whom they left out may be greeted."""
    done = GreetingDay.objects.filter(occasion=occasion, state=GreetingDay.State.DONE)
    done.filter(day__gte=since).update(next_at=now)


def choose_greeting(occasion: Occasion, name: str, *, now: datetime) -> None:
    """Take the ready-made texts of this greeting where nobody chose others."""
    choose_texts(occasion, f"greeting-{name}", now=now)


def usual_text(occasion: Occasion) -> str:
    """Return which ready-made text fits its day."""
    day = occasion.day
    if occasion.listing:
        return "inspection"
    if occasion.is_of_people:
        return USUAL_TEXTS.get(str(day.get("date")), "thanks")
    fixed = {(25, 12): "christmas", (24, 12): "christmas", (1, 1): "new-year", (31, 12): "new-year"}
    return fixed.get((day.get("day"), day.get("month")), "thanks")


def _said(found: Skip) -> str:
    who = found.name or (found.contact.shown if found.contact else "")
    return " ".join(filter(None, [f"{found.day:%Y-%m-%d}", who]))
