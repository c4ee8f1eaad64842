"""What is clicked or typed in words ↔ a rule of RFC 5545 and what a free day does."""

import re
from dataclasses import dataclass, replace

from emailketing.common.marked import gettext_noop
from emailketing.common.said import say as _
from emailketing.schedule.recurrence import FreeDayPolicy, RecurrenceInvalid
from emailketing.schedule.rule_text import checked_rule

DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST = -1
FREQUENCIES = {  # as it is typed: as it is clicked
    "day": gettext_noop("Every day"),
    "working-day": gettext_noop("Every working day"),
    "week": gettext_noop("On days of the week"),
    "month": gettext_noop("On a day of the month"),
    "last-day": gettext_noop("On the last day of the month"),
    "first-working-day": gettext_noop("On the first working day of the month"),
    "last-working-day": gettext_noop("On the last working day of the month"),
    "month-weekday": gettext_noop("On a weekday of the month (first Monday)"),
    "quarter": gettext_noop("On the first day of the quarter"),
    "quarter-end": gettext_noop("On the last day of the quarter"),
    "year": gettext_noop("Once a year"),
    "rule": gettext_noop("By a rule of RFC 5545"),
}
QUARTER_BEGINS, QUARTER_ENDS = "BYMONTH=1,4,7,10;BYMONTHDAY=1", "BYMONTH=3,6,9,12;BYMONTHDAY=-1"
FIXED: dict[str, tuple[str, FreeDayPolicy | None]] = {  # without anything to choose but a free day
    "working-day": ("FREQ=DAILY", "skip"),
    "first-working-day": ("FREQ=MONTHLY;BYMONTHDAY=1", "next"),
    "last-working-day": ("FREQ=MONTHLY;BYMONTHDAY=-1", "previous"),
    "last-day": ("FREQ=MONTHLY;BYMONTHDAY=-1", None),
    "quarter": (f"FREQ=YEARLY;{QUARTER_BEGINS}", None),
    "quarter-end": (f"FREQ=YEARLY;{QUARTER_ENDS}", None),
}
_WEEKLY = re.compile(r"FREQ=WEEKLY(?:;INTERVAL=(\d+))?;BYDAY=([A-Z,]+)")
_DAILY = re.compile(r"FREQ=DAILY(?:;INTERVAL=(\d+))?")
_MONTH_DAY = re.compile(r"FREQ=MONTHLY(?:;INTERVAL=(\d+))?;BYMONTHDAY=(\d+)")
_MONTH_WEEKDAY = re.compile(r"FREQ=MONTHLY(?:;INTERVAL=(\d+))?;BYDAY=(-?\d)([A-Z]{2})")
_YEARLY = re.compile(r"FREQ=YEARLY;BYMONTH=(\d+);BYMONTHDAY=(\d+)")


@dataclass(frozen=True, slots=True)
class RecurrenceChoice:
    """What somebody clicked; only the fields of its frequency count."""

    frequency: str
    every: int = 1  # each second week: 2
    weekdays: tuple[int, ...] = ()  # 0 is Monday
    day: int = 1
    month: int = 1
    nth: int = 1  # first, second … Monday; -1: the last
    rule: str = ""


def rule_of(choice: RecurrenceChoice, free_day: FreeDayPolicy = "run") -> tuple[str, FreeDayPolicy]:
    """Return the rule, and what a free day does (some frequencies say it themselves).

    Raises:
        RecurrenceInvalid: something is not chosen, or there is no such day.
    """
    if choice.frequency not in FREQUENCIES:
        words = {"names": ", ".join(FREQUENCIES)}
        raise RecurrenceInvalid(_("How often is one of: %(names)s.") % words)
    if choice.frequency == "rule":
        return checked_rule(choice.rule), free_day
    if choice.frequency in FIXED:
        rule, own = FIXED[choice.frequency]
        return rule, own or free_day
    interval = f";INTERVAL={_number(choice.every, 1000)}" if choice.every != 1 else ""
    return _written(choice, interval), free_day


def choice_of(rule: str, free_day: FreeDayPolicy) -> RecurrenceChoice:
    """Return what was clicked for a rule; `rule` for one that clicking does not make."""
    for frequency, (text, own) in FIXED.items():
        if rule == text and (own is None or own == free_day):
            return RecurrenceChoice(frequency)
    return _read(rule) or RecurrenceChoice("rule", rule=rule)


def _written(choice: RecurrenceChoice, interval: str) -> str:
    if choice.frequency == "day":
        return f"FREQ=DAILY{interval}"
    if choice.frequency == "week":
        return f"FREQ=WEEKLY{interval};BYDAY={','.join(_codes(choice.weekdays))}"
    if choice.frequency == "month-weekday":
        if choice.nth not in {1, 2, 3, 4, LAST}:
            raise RecurrenceInvalid(_("Which weekday of the month is 1, 2, 3, 4 or -1, the last."))
        return f"FREQ=MONTHLY{interval};BYDAY={choice.nth}{_one_code(choice.weekdays)}"
    if choice.frequency == "year":
        month, day = _number(choice.month, 12), _number(choice.day, 31)
        return f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}"
    return f"FREQ=MONTHLY{interval};BYMONTHDAY={_number(choice.day, 31)}"


def _codes(weekdays: tuple[int, ...]) -> list[str]:
    if not weekdays:
        raise RecurrenceInvalid(_("Choose at least one day of the week."))
    return [DAY_CODES[_weekday(day)] for day in sorted(set(weekdays))]


def _one_code(weekdays: tuple[int, ...]) -> str:
    if len(weekdays) != 1:
        raise RecurrenceInvalid(_("Choose one day of the week."))
    return DAY_CODES[_weekday(weekdays[0])]


def _weekday(day: int) -> int:
    if day not in range(7):
        raise RecurrenceInvalid(_("The days of the week are numbers from 0 (Monday) to 6."))
    return day


def _number(value: int, largest: int) -> int:
    if value not in range(1, largest + 1):
        words = {"value": value, "largest": largest}
        raise RecurrenceInvalid(_("“%(value)s” is no number from 1 to %(largest)s.") % words)
    return value


def _read(rule: str) -> RecurrenceChoice | None:
    if found := _DAILY.fullmatch(rule):
        return RecurrenceChoice("day", every=int(found[1] or 1))
    if found := _YEARLY.fullmatch(rule):
        return RecurrenceChoice("year", month=int(found[1]), day=int(found[2]))
    if found := _MONTH_DAY.fullmatch(rule):
        return RecurrenceChoice("month", every=int(found[1] or 1), day=int(found[2]))
    if found := _WEEKLY.fullmatch(rule):
        return _with_days(RecurrenceChoice("week", every=int(found[1] or 1)), found[2])
    if found := _MONTH_WEEKDAY.fullmatch(rule):
        chosen = RecurrenceChoice("month-weekday", every=int(found[1] or 1), nth=int(found[2]))
        return _with_days(chosen, found[3])
    return None


def _with_days(choice: RecurrenceChoice, codes: str) -> RecurrenceChoice | None:
    names = codes.split(",")
    if not set(names) <= set(DAY_CODES) or choice.nth not in {1, 2, 3, 4, LAST}:
        return None
    return replace(choice, weekdays=tuple(sorted(DAY_CODES.index(name) for name in set(names))))
