"""What a report is made of, as it is written at the command line: word=value."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial

from django.utils.translation import gettext as _

from emailketing.accounts.models import User
from emailketing.cli.days import read_date, read_weekdays, today_in
from emailketing.cli.rule_parts import choose_way, parse_recipient, parse_window, sender_of
from emailketing.cli.rule_set import number_of, people, whether
from emailketing.cli.show import refuse
from emailketing.common.plain import Entry
from emailketing.common.zones import is_zone
from emailketing.company.models import Company
from emailketing.listings.errors import ListingError
from emailketing.listings.known import find_listing
from emailketing.schedule.choices import RecurrenceChoice, choice_of, rule_of
from emailketing.schedule.recurrence import (
    Recurrence,
    RecurrenceInvalid,
    read_policy,
    read_times,
)
from emailketing.triggers.reports.models import Report

Put = Callable[[Report, str], None]
DEFAULT_TIME = "07:00"


def report_of(number: int) -> Report:
    found = Report.objects.filter(pk=number).select_related("source", "owner").first()
    if found is None:
        refuse(_("There is no report %(number)s.") % {"number": number})
    return found


def put_owner(report: Report, name: str) -> None:
    """Take a user, or nobody: then failures are told to the administrators."""
    report.owner = User.objects.filter(username=name).first() if name else None
    if name and report.owner is None:
        refuse(_("There is no user “%(name)s”.") % {"name": name})
    report.has_owner = bool(name)


def put_listing(report: Report, name: str) -> None:
    try:
        found = find_listing(name)
    except ListingError as error:
        refuse(error)
    report.source = found.listing.source
    report.listing = found.name


def put_param(report: Report, text: str) -> None:
    """Take `period=yesterday`, or several of them with a semicolon between."""
    for one in filter(None, (part.strip() for part in text.split(";"))):
        name, equals, value = one.partition("=")
        if not equals:
            refuse(_("“%(word)s” is not name=value.") % {"word": one})
        report.values = {**report.values, name.strip(): value.strip()}


def put_rows_by(report: Report, text: str) -> None:
    """Take `branch`, `seller:address`, `customer:contact:usage`, or nothing."""
    column, _colon, rest = text.partition(":")
    kind, _colon, usage = rest.partition(":")
    known = report.rows_by.get("people", {})
    own: Entry = {"column": column, "kind": kind or "people"}
    own |= {"usage": usage} if usage else {}
    report.rows_by = (own | ({"people": known} if not kind else {})) if column else {}


def put_person(report: Report, text: str) -> None:
    """Take `Casa Central=role:Managers`; without anybody that value is nobody's again."""
    value, equals, wanted = text.partition("=")
    if not equals:
        refuse(_("“%(word)s” is not name=value.") % {"word": text})
    known = dict(report.rows_by.get("people") or {})
    known.pop(value.strip(), None)
    if found := people(wanted):
        known[value.strip()] = found
    report.rows_by = {**report.rows_by, "people": known}


def put_only_if(report: Report, text: str) -> None:
    """Take `total gt 1000` (of the sum), `any total lt 0` (of one row), or nothing."""
    words = text.split()
    of = "any" if words and words[0] == "any" else "total"
    words = words[1:] if of == "any" else words
    if text and len(words) != len(("column", "op", "value")):
        refuse(_("“%s” is no condition; write “total gt 1000” or “any total lt 0”.") % text)
    report.only_if = dict(zip(("column", "op", "value"), words, strict=True)) if words else {}
    report.only_if |= {"of": of} if words else {}


def put_phone_text(report: Report, text: str) -> None:
    """Take `es:Resultado {when}: {total}{total+}`; nothing behind the language takes it away."""
    language, colon, words = text.partition(":")
    if text and not colon:
        refuse(
            _("“%(word)s” is no text of a language; write “es:Ventas {when}: {total}”.")
            % {"word": text}
        )
    known = dict(report.phone_text) if text else {}
    known.pop(language.strip(), None)
    report.phone_text = known | ({language.strip(): words.strip()} if words.strip() else {})


def put_chart(report: Report, text: str) -> None:
    """Take `bars:branch:total,invoices`, or nothing."""
    if not text:
        report.chart = {}
        return
    kind, label, values = [*text.split(":", 2), "", ""][:3]
    report.chart = {"kind": kind, "label": label, "values": _split(values)}


def put_order(report: Report, text: str) -> None:
    """Take `total:desc,branch`."""
    parts = (one.partition(":") for one in _split(text))
    report.order = [[name, direction == "desc"] for name, _colon, direction in parts]


def put_list(field: str, report: Report, text: str) -> None:
    setattr(report, field, _split(text))


def _split(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def put_text(field: str, report: Report, text: str) -> None:
    setattr(report, field, text)


def put_number(field: str, report: Report, text: str) -> None:
    setattr(report, field, number_of(text))


def put_switch(field: str, report: Report, text: str) -> None:
    setattr(report, field, whether(text))


def put_words(report: Report, changes: Iterable[str]) -> None:
    """Take word=value, each as often as it comes; those of the schedule go together."""
    schedule: dict[str, str] = {}
    for text in changes:
        word, equals, value = text.partition("=")
        if not equals or word not in WORDS.keys() | SCHEDULE:
            said = {"text": text, "words": ", ".join([*WORDS, *sorted(SCHEDULE)])}
            refuse(_("“%(text)s” is no change; write word=value with one of: %(words)s.") % said)
        if word in SCHEDULE:
            schedule[word] = value.strip()
        else:
            WORDS[word](report, value.strip())
    if schedule:
        put_schedule(report, schedule)


def put_schedule(report: Report, said: Mapping[str, str]) -> None:
    """Change these words of the schedule; the others stay. No frequency: only by hand."""
    if said.get("every") == "":
        report.schedule = {}
        return
    try:
        report.schedule = _schedule(report, said)
    except RecurrenceInvalid as wrong:
        refuse(wrong)


def _schedule(report: Report, said: Mapping[str, str]) -> Entry:
    zone = said.get("zone") or str(report.schedule.get("zone") or Company.get().time_zone)
    if not is_zone(zone):
        refuse(_("“%(zone)s” is no time zone; write it like America/Asuncion.") % {"zone": zone})
    known: Entry = dict(report.schedule) or {
        "rule": "FREQ=DAILY",
        "times": [DEFAULT_TIME],
        "free_day": "run",
        "starts": today_in(zone).isoformat(),
    }
    was = Recurrence.from_json({**known, "zone": zone})
    choice, free_day = _chosen(choice_of(was.rule, was.free_day), said), was.free_day
    rule, policy = rule_of(choice, read_policy(said.get("free-day") or free_day))
    return replace(
        was,
        rule=rule,
        free_day=policy,
        times=read_times(_split(said["at"])) if said.get("at") else was.times,
        starts=read_date(said["starts"]) if said.get("starts") else was.starts,
        ends=_last_day(said, was),
    ).to_json()


def _last_day(said: Mapping[str, str], was: Recurrence) -> date | None:
    if "ends" not in said:
        return was.ends
    return read_date(said["ends"]) if said["ends"] else None


def _chosen(choice: RecurrenceChoice, said: Mapping[str, str]) -> RecurrenceChoice:
    if rule := said.get("rule"):
        return RecurrenceChoice("rule", rule=rule)
    choice = replace(choice, frequency=said.get("every") or choice.frequency)
    if said.get("on"):
        choice = replace(choice, weekdays=read_weekdays(said["on"]))
    for word, field in (("interval", "every"), ("day", "day"), ("month", "month")):
        if said.get(word):
            choice = _with(choice, field, number_of(said[word]))
    if nth := said.get("nth"):
        choice = replace(choice, nth=-1 if nth == "-1" else number_of(nth))
    return choice


def _with(choice: RecurrenceChoice, field: str, number: int) -> RecurrenceChoice:
    if field == "every":
        return replace(choice, every=number)
    return replace(choice, day=number) if field == "day" else replace(choice, month=number)


SCHEDULE = frozenset(
    {"every", "on", "day", "month", "nth", "interval", "rule", "at", "zone"}
    | {"free-day", "starts", "ends"}
)
WORDS: dict[str, Put] = {
    "name": partial(put_text, "name"),
    "listing": put_listing,
    "param": put_param,
    "to": lambda report, text: setattr(report, "recipients", people(text)),
    "fallback": lambda report, text: setattr(
        report, "fallback", parse_recipient(text) if text else {}
    ),
    "delivery": partial(put_text, "delivery"),
    "sender": lambda report, text: setattr(report, "sender", sender_of(text)),
    "class": partial(put_text, "mail_class"),
    "window": lambda report, text: setattr(report, "window", parse_window(text) if text else {}),
    "urgent": partial(put_switch, "is_urgent"),
    "files": partial(put_list, "files"),
    "figures": partial(put_list, "figures"),
    "phone": put_phone_text,
    "chart": put_chart,
    "order": put_order,
    "group-by": partial(put_text, "group_by"),
    "top": partial(put_number, "top"),
    "columns": partial(put_list, "columns"),
    "rows-by": put_rows_by,
    "person": put_person,
    "compare": partial(put_text, "compare"),
    "trend": partial(put_switch, "trend"),
    "when-empty": partial(put_text, "when_empty"),
    "only-if": put_only_if,
    "only-changed": partial(put_switch, "only_changed"),
    "missed": partial(put_text, "missed"),
    "wait-hours": partial(put_number, "wait_hours"),
    "keep-days": partial(put_number, "keep_days"),
    "way": choose_way,
    "owner": put_owner,
}
