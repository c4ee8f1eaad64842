"""How days, hours and weekdays are typed at the command line."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import clock, refuse
from emailketing.company.change_free_days import FreeDayInvalid, read_week
from emailketing.schedule.recurrence import YEARS

A_DAY = typer.Argument(metavar="DAY", help=str(gettext_lazy("A day: 2026-12-31")))


def read_date(text: str) -> date:
    """Read 2026-12-31, or refuse with one sentence."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        refuse(_("“%s” is no day; write 2026-12-31.") % text)


def read_weekdays(text: str) -> tuple[int, ...]:
    """Read `mon,fri` or `mon-sat`; 0 is Monday."""
    try:
        return read_week(text) or ()
    except FreeDayInvalid as wrong:
        refuse(wrong)


def today_in(zone: str) -> date:
    return clock().astimezone(ZoneInfo(zone)).date()


def moment_of(text: str) -> datetime:
    """Read 2026-12-31 or 2026-12-31T07:00+00:00 as an instant; without an offset it is UTC."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        refuse(_("“%s” is no moment; write 2026-12-31T07:00.") % text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
