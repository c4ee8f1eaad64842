"""Dates of people who were entered by hand: kept as they are typed, or refused with the reason."""

import re
from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from emailketing.common.problems import Problems
from emailketing.common.written_date import (
    DateUnreadable,
    WrittenDate,
    believed,
    read_written_date,
    without_filler,
)
from emailketing.contacts.models import Contact, PersonDate

BIRTH = "birth"
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST_WRITTEN = 40


def date_problems(dates: Mapping[str, str], today: date) -> Problems:
    """Yield what is wrong with the dates somebody typed, by kind; an empty one takes it away."""
    for kind, written in dates.items():
        if not _KIND.fullmatch(kind):
            sentence = _("“%(kind)s” is no kind of date: small letters, figures and “_”.")
            yield f"dates.{kind}", sentence % {"kind": kind[:LONGEST_WRITTEN]}
            continue
        try:
            found = read_written_date(written)
        except DateUnreadable as error:
            yield f"dates.{kind}", str(error)
            continue
        if found is not None and kind == BIRTH and (wrong := _wrong_with_birth(found, today)):
            yield f"dates.{kind}", wrong


def _wrong_with_birth(found: WrittenDate, today: date) -> str:
    if found.year is None or believed(found, today).year is not None:
        return ""
    sentence = _("Nobody alive was born in %(year)s: write the day without the year, as 23/05.")
    return sentence % {"year": found.year}


def keep_dates(contact: Contact, dates: Mapping[str, str]) -> None:
    """Keep what `date_problems` found nothing wrong with; the other kinds stay."""
    for kind, written in dates.items():
        found = read_written_date(written)
        if found is None:
            contact.dates.filter(kind=kind, name="").delete()
            continue
        values = {"month": found.month, "day": found.day, "year": found.year}
        contact.dates.update_or_create(
            kind=kind,
            name="",
            defaults={**values, "written": written.strip()[:LONGEST_WRITTEN], "problem": ""},
        )


def known_day(row: PersonDate, today: date) -> WrittenDate | None:
    """Return its day, with the year where that is believed; None: it is no day."""
    if row.month is None or row.day is None:
        return None
    known = WrittenDate(row.month, row.day, row.year)
    return believed(known, today) if row.kind == BIRTH else without_filler(known)


def unread_dates() -> QuerySet[PersonDate]:
    """Return the dates of active people of which no day can be made, or not the year it needs."""
    rows = PersonDate.objects.filter(problem__gt="", contact__is_active=True)
    return rows.select_related("contact").order_by("contact__name", "kind", "name")


def dates_of(contact: Contact) -> dict[str, str]:
    """Return kind → as it was written, of the person itself."""
    rows = PersonDate.objects.filter(contact_id=contact.pk, name="") if contact.pk else ()
    return {row.kind: row.written for row in rows}
