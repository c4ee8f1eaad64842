"""`emailketing schedule …`: when something recurs, in words, and its next runs."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli import schedule_runs
from emailketing.cli.days import moment_of, read_date, read_weekdays
from emailketing.cli.show import clock, refuse
from emailketing.common.zones import is_zone
from emailketing.company.free_days import free_days
from emailketing.company.models import Company
from emailketing.schedule.choices import FREQUENCIES, RecurrenceChoice, rule_of
from emailketing.schedule.recurrence import (
    POLICIES,
    Recurrence,
    RecurrenceInvalid,
    check_recurs,
    first_instants,
    read_policy,
    read_times,
)
from emailketing.schedule.sentence import run_words, sentence

app = typer.Typer(no_args_is_help=True)
schedule_runs.register(app)
Frequency = Annotated[str, typer.Option(help=", ".join(FREQUENCIES))]
Number = Annotated[int, typer.Option()]


@app.command("next")
def next_runs(
    at: Annotated[
        list[str], typer.Option(help=str(gettext_lazy("Time of the day: 07:00; may be repeated")))
    ],
    every: Frequency = "",
    on: Annotated[str, typer.Option(help=str(gettext_lazy("Days of the week: mon,fri")))] = "",
    day: Annotated[int, typer.Option(help=str(gettext_lazy("Day of the month")))] = 1,
    month: Annotated[int, typer.Option(help=str(gettext_lazy("Month, once a year")))] = 1,
    nth: Annotated[
        int, typer.Option(help=str(gettext_lazy("Which weekday of the month; -1: the last")))
    ] = 1,
    interval: Annotated[
        int, typer.Option(help=str(gettext_lazy("2: every second day, week or month")))
    ] = 1,
    rule: Annotated[
        str, typer.Option(help=str(gettext_lazy("A rule of RFC 5545 instead of --every")))
    ] = "",
    zone: Annotated[str, typer.Option(help=str(gettext_lazy("Else the company's")))] = "",
    free_day: Annotated[str, typer.Option(help=", ".join(POLICIES))] = "run",
    branch: Annotated[str, typer.Option(help=str(gettext_lazy("With its free days")))] = "",
    starts: Annotated[str, typer.Option(help=str(gettext_lazy("First day; else today")))] = "",
    ends: Annotated[str, typer.Option(help=str(gettext_lazy("Last day")))] = "",
    after: Annotated[str, typer.Option(help=str(gettext_lazy("Runs after then; else now")))] = "",
    count: Annotated[int, typer.Option(min=1, max=1000)] = 5,
) -> None:
    """Say in words when something recurs, and when it runs next."""
    where = zone or Company.get().time_zone
    if not is_zone(where):
        refuse(_("“%(zone)s” is no time zone; write it like America/Asuncion.") % {"zone": where})
    since = moment_of(after) if after else clock()
    weekdays = read_weekdays(on) if on else ()
    choice = RecurrenceChoice("rule" if rule else every, interval, weekdays, day, month, nth, rule)
    today = since.astimezone(ZoneInfo(where)).date()
    first = read_date(starts) if starts else today
    try:
        found = _recurrence(choice, at, where, free_day, (first, ends))
        known = free_days(branch)
        check_recurs(found, since, known.is_free)
    except RecurrenceInvalid as wrong:
        refuse(wrong)
    typer.echo(sentence(found, today))
    for moment in first_instants(found, since, known.is_free, count):
        typer.echo(f"  {run_words(moment, where)}")


def _recurrence(
    choice: RecurrenceChoice, at: list[str], zone: str, free_day: str, days: tuple[date, str]
) -> Recurrence:
    rule, policy = rule_of(choice, read_policy(free_day))
    starts, ends = days
    last = read_date(ends) if ends else None
    return Recurrence(rule, read_times(at), zone, policy, starts, last)
