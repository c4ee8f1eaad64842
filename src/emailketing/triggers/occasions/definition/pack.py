"""Ready occasions: each becomes one's own with one step, at rest."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from emailketing.accounts.who import Who
from emailketing.common.marked import gettext_noop
from emailketing.common.plain import Entry
from emailketing.common.said import SaidError
from emailketing.company.models import Company
from emailketing.sources.date_kinds import date_kinds, listed_dates
from emailketing.triggers.occasions.definition.listed import ListedDay, plain_listed
from emailketing.triggers.occasions.definition.save import (
    USUAL_HOURS,
    choose_greeting,
    save_occasion,
)
from emailketing.triggers.occasions.models import Occasion

EVERYWHERE = ""


class NoReadyOccasion(SaidError):
    sentence = gettext_noop(
        "There is no ready occasion “%(name)s”; “occasion pack” shows them all."
    )


@dataclass(frozen=True, slots=True)
class Ready:
    """One that is offered; its ready-made texts have its name.

    Attributes:
        days: country → its day; "": everywhere else.
        needs: the date of people, or of a connector's listing, without which it is not offered; "":
            none.
    """

    name: str
    label: Promise
    days: dict[str, Entry] = field(default_factory=dict)
    needs: str = ""

    def day(self, country: str) -> Entry | None:
        return self.days.get(country, self.days.get(EVERYWHERE))


def _fixed(day: int, month: int) -> Entry:
    return {"kind": "fixed", "day": day, "month": month}


def _weekday(nth: int, weekday: int, month: int) -> Entry:
    return {"kind": "weekday", "nth": nth, "weekday": weekday, "month": month}


def _person(date: str, offset: int = 0) -> Entry:
    return {"kind": "person", "date": date, "offset": offset}


SUNDAY = 6
PACK = (
    Ready("birthday", _("Birthday"), {EVERYWHERE: _person("birth")}, "birth"),
    Ready("christmas", _("Christmas"), {EVERYWHERE: _fixed(24, 12)}),
    Ready("new-year", _("New Year"), {EVERYWHERE: _fixed(31, 12)}),
    Ready(
        "anniversary",
        _("Years as a customer"),
        {EVERYWHERE: _person("customer_since")},
        "customer_since",
    ),
    Ready("inspection", _("Inspection due"), {EVERYWHERE: _person("inspection", -7)}, "inspection"),
    Ready(
        "mothers-day",
        _("Mother's day"),
        {"PY": _fixed(15, 5), "BR": _weekday(2, SUNDAY, 5), EVERYWHERE: _weekday(2, SUNDAY, 5)},
    ),
    Ready(
        "fathers-day",
        _("Father's day"),
        {"PY": _weekday(3, SUNDAY, 6), "BR": _weekday(2, SUNDAY, 8)},
    ),
)


def offered_occasions() -> Iterator[tuple[Ready, Entry]]:
    """Yield the ready ones that can be kept here, each with its day in this country."""
    known, country = date_kinds(), Company.get().country
    for ready in PACK:
        day = ready.day(country)
        if day is not None and ready.needs and ready.needs not in known:
            day = _listed(ready.needs, day)
        if day is not None:
            yield ready, day


def _listed(kind: str, day: Entry) -> Entry | None:
    """Return the same day by the rows of a listing, where a connector has one of such dates."""
    found = listed_dates(kind)
    if found is None:
        return None
    listing, dates = found
    offset = int(str(day.get("offset") or 0))
    return plain_listed(
        ListedDay(
            listing=listing,
            date=dates.date,
            party=dates.party,
            of=dates.of,
            is_yearly=dates.is_yearly,
            offset=offset,
        )
    )


@transaction.atomic
def take_ready(
    name: str,
    *,
    by: Who | str,
    now: datetime,
    change: Callable[[Occasion], None] = lambda _occasion: None,
) -> Occasion:
    """Make a ready one one's own, at rest; `change`: what is to be otherwise from the beginning.

    Raises:
        NoReadyOccasion: it is not offered here.
        OccasionInvalid: it cannot be as it is changed.
    """
    found = next(((r, day) for r, day in offered_occasions() if r.name == name), None)
    if found is None:
        raise NoReadyOccasion(name=name)
    ready, day = found
    occasion = Occasion(name=_free_name(str(ready.label)), day=day, window=dict(USUAL_HOURS))
    change(occasion)
    choose_greeting(occasion, ready.name, now=now)
    return save_occasion(occasion, by=by, now=now)


def _free_name(name: str) -> str:
    taken = set(Occasion.objects.values_list("name", flat=True))
    numbered = (f"{name} ({number})" for number in range(2, len(taken) + 3))
    return next(each for each in (name, *numbered) if each not in taken)
