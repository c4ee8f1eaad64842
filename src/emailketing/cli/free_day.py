"""`emailketing free-day …`: holidays and other days on which nobody works."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.days import A_DAY, read_date, today_in
from emailketing.cli.show import clock, refuse, table, who
from emailketing.company.change_free_days import (
    FreeDayInvalid,
    add_free_day,
    check_year,
    look_through_free_days,
    move_free_day,
    read_week,
    remove_free_day,
    set_free_weekdays,
)
from emailketing.company.free_days import free_days
from emailketing.company.models import Company
from emailketing.schedule.sentence import weekday_name, weekdays_words

app = typer.Typer(no_args_is_help=True)
A_YEAR = timedelta(days=365)
Day = Annotated[str, A_DAY]
Branch = Annotated[
    str, typer.Option(help=str(gettext_lazy("Only for this branch; else for the company")))
]


@app.command("list")
def list_days(
    year: Annotated[int, typer.Option(help=str(gettext_lazy("Else the coming twelve months")))] = 0,
    branch: Branch = "",
) -> None:
    """List the free days, and holidays that are worked."""
    if year:
        _do(lambda: check_year(year))
    known = free_days(branch)
    first = date(year, 1, 1) if year else today_in(Company.get().time_zone)
    last = date(year, 12, 31) if year else first + A_YEAR
    days = {*known.between(first, last), *(day for day in known.own if first <= day <= last)}
    week = weekdays_words(tuple(sorted(known.weekdays))) if known.weekdays else _("none")
    typer.echo(_("Free each week: %(days)s.") % {"days": week})
    table(
        (_("Day"), "", _("Name"), _("Why")),
        [
            (day, weekday_name(day.weekday()), known.name_of(day), known.why(day))
            for day in sorted(days)
        ],
    )


@app.command()
def add(day: Day, name: str, branch: Branch = "") -> None:
    """Say that nobody works on this day."""
    when = read_date(day)
    _do(lambda: add_free_day(when, name, branch=branch, by=who(), now=clock()))
    typer.echo(_("%(day)s is a free day.") % {"day": when})


@app.command()
def move(
    day: Day,
    to: Annotated[str, typer.Argument(help=str(gettext_lazy("The day it goes to")))],
    branch: Branch = "",
) -> None:
    """Move a holiday to another day, as a decree does."""
    when, other = read_date(day), read_date(to)
    _do(lambda: move_free_day(when, other, branch=branch, by=who(), now=clock()))
    typer.echo(_("%(to)s is free instead of %(day)s.") % {"day": when, "to": other})


@app.command()
def remove(day: Day, branch: Branch = "") -> None:
    """Say that this day is worked, whatever the calendar says."""
    when = read_date(day)
    _do(lambda: remove_free_day(when, branch=branch, by=who(), now=clock()))
    typer.echo(_("%(day)s is a working day.") % {"day": when})


@app.command()
def week(
    days: Annotated[
        str, typer.Argument(help=str(gettext_lazy("sat,sun, none, or usual: as in the country")))
    ],
) -> None:
    """Say which days of each week are free."""
    _do(lambda: set_free_weekdays(read_week(days), by=who(), now=clock()))
    free = tuple(sorted(free_days().weekdays))
    typer.echo(_("Free each week: %(days)s.") % {"days": weekdays_words(free) or _("none")})


@app.command()
def looked(year: int) -> None:
    """Note that somebody has looked through this year: the alert of December ends."""
    _do(lambda: look_through_free_days(year, by=who(), now=clock()))
    typer.echo(_("Noted: somebody has looked."))


def _do(change: Callable[[], None]) -> None:
    try:
        change()
    except FreeDayInvalid as wrong:
        refuse(wrong)
