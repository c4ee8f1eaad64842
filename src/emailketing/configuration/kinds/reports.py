"""Reports: listings by their source, people by the names of their duties, texts by channel."""

from collections.abc import Callable, Iterator, Mapping

from django.utils.translation import gettext as _

from emailketing.common.plain import JSON
from emailketing.configuration.audience import (
    by_name,
    by_number,
    checked_ways,
    other_switches,
    say_off,
    take_ways,
    ways_of,
)
from emailketing.configuration.kind import (
    ConfigurationInvalid,
    Entry,
    EntryKind,
    Take,
    entry_of,
    fill,
)
from emailketing.contacts.models import Role
from emailketing.sources.models import Source
from emailketing.triggers.reports.definition.save import ReportInvalid, check, save_report
from emailketing.triggers.reports.models import Report

OWN: dict[str, type] = {
    **dict.fromkeys(
        ("listing", "delivery", "mail_class", "missed", "when_empty", "compare", "group_by"), str
    ),
    **dict.fromkeys(("wait_hours", "top", "keep_days"), int),
    **dict.fromkeys(("trend", "only_changed", "is_urgent", "is_active"), bool),
    **dict.fromkeys(("values", "only_if", "chart", "window", "phone_text"), dict),
    **dict.fromkeys(("files", "figures", "order", "columns"), list),
}
REPORT: dict[str, type] = {
    **OWN,
    "source": str,
    "schedule": dict,
    "rows_by": dict,
    "ways": list,
    "recipients": list,
    "fallback": dict,
}


def read_reports() -> Iterator[Entry]:
    roles = dict(Role.objects.values_list("pk", "name"))
    reports = Report.objects.select_related("source").prefetch_related("ways")
    for report in reports.order_by("name"):
        yield {
            "name": report.name,
            "source": report.source.slug,
            **entry_of(report, OWN),
            "schedule": {word: v for word, v in report.schedule.items() if v is not None},
            "rows_by": _whose(report.rows_by, lambda wanted: by_name(wanted, roles)),
            "ways": ways_of(report),
            "recipients": [by_name(wanted, roles) for wanted in report.recipients],
            "fallback": by_name(report.fallback, roles),
        }


def take_report(entry: Entry, take: Take, is_new: bool) -> None:
    known = Report.objects.filter(name=entry["name"]).first()
    report = Report(name=entry["name"]) if is_new or known is None else known
    source = Source.objects.filter(slug=entry.get("source", "")).first()
    if source is None:
        sentence = _("There is no source “%(source)s”.")
        raise ConfigurationInvalid(sentence % {"source": entry.get("source", "")})
    report.source = source
    fill(report, entry, OWN)
    report.schedule = entry.get("schedule") or {}
    take_ways(report, entry.get("ways", []))
    report.recipients = [by_number(wanted) for wanted in entry.get("recipients", [])]
    report.fallback = by_number(entry.get("fallback") or {})
    report.rows_by = _whose(entry.get("rows_by") or {}, by_number)
    if report._state.adding and report.is_active:
        say_off(
            report.name,
            lambda: check(report, now=take.now),
            take,
            new=_("%(name)s is new here and starts paused: try it, then resume it."),
            lacking=_("%(name)s is paused: %(why)s"),
        )
        report.is_active = False
    save_report(report, by=take.by, now=take.now)


def _whose(rows_by: Entry, told: Callable[[JSON], JSON]) -> Entry:
    """Return it with everybody of a value told anew; what is no list stays, and is refused."""
    people = rows_by.get("people")
    if not isinstance(people, dict):
        return rows_by
    anew = {
        value: [told(one) for one in wanted] if isinstance(wanted, list) else wanted
        for value, wanted in people.items()
    }
    return {**rows_by, "people": anew}


def switches(wanted: Mapping[str, Entry]) -> list[str]:
    """Say which reports the file has paused or going out otherwise than here: here it stays."""
    rows = Report.objects.values_list("name", "is_active")
    return other_switches(
        wanted.values(),
        {(name,): is_on for name, is_on in rows},
        on=_("%(name)s goes on going out: reports are paused here, not by the file."),
        off=_("%(name)s stays paused: reports are resumed here, not by the file."),
    )


KINDS = (
    EntryKind(
        "report",
        ("name",),
        REPORT,
        read_reports,
        take_report,
        Report,
        needs=("source", "listing", "template", "sender", "role", "person"),
        kept=frozenset({"is_active"}),
        stays=switches,
        as_now=checked_ways,
        refusals=(ReportInvalid,),
    ),
)
