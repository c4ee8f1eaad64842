"""`[reports.<name>]`: the reports a connector proposes; one command or click makes them one's own.

Read as strictly as all the rest: what a report names of its listing must be declared there.
"""

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from emailketing.common.plain import Entry
from emailketing.content.sheet.levels import figure_column
from emailketing.content.sheet.phone_words import LONGEST_WORDS, unknown_places
from emailketing.sources.connectors import model
from emailketing.sources.connectors.section import LANGUAGES, Section

# the words a report knows (a test compares them with the report's own)
EVERY = (
    *("day", "working-day", "week", "month", "last-day", "first-working-day", "last-working-day"),
    *("month-weekday", "quarter", "quarter-end", "year"),
)
FILES = ("pdf", "xlsx", "csv")
CHARTS = ("bars", "line", "share")
COMPARED = ("", "before", "year")
WHEN_EMPTY = ("skip", "send")
ROWS_BY = ("contact", "address")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DEFAULT_TIME = "07:00"
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def ready_report(section: Section, name: str) -> model.ReadyReport:
    """Read one proposed report."""
    return model.ReadyReport(
        name=name,
        label=section.labels("label"),
        listing=section.text("listing", name),
        values=_texts(section, "values"),
        phone=_phone(section),
        roles=section.texts("roles"),
        schedule=_schedule(section),
        looks=_looks(section),
    )


def _texts(section: Section, word: str) -> dict[str, str]:
    return {str(name): str(value) for name, value in section.take(word, dict, {}).items()}


def _phone(section: Section) -> model.Labels:
    words = section.labels("phone")
    if missing := set(LANGUAGES) - words.keys():
        sentence = _("“%(word)s” needs a text for es, en and pt.") % {"word": "phone"}
        raise section.wrong(f"{sentence} ({', '.join(sorted(missing))})")
    if any(len(text) > LONGEST_WORDS for text in words.values()):
        raise section.wrong(_("At most %(most)s characters.") % {"most": LONGEST_WORDS})
    return words


def _schedule(section: Section) -> model.ReadySchedule:
    every, days = _one_of(section, "every", EVERY, "day"), section.texts("on")
    at = section.text("at", DEFAULT_TIME)
    if unknown := [day for day in days if day not in DAYS]:
        raise section.wrong(_unknown("on", unknown[0], DAYS))
    if not TIME.fullmatch(at):
        raise section.wrong(_unknown("at", at, ("00:00 … 23:59",)))
    if every in {"week", "month-weekday"} and not days:
        raise section.wrong(_("“%(word)s” is missing.") % {"word": "on"})
    day, nth = section.take("day", int, 1), section.take("nth", int, 1)
    return model.ReadySchedule(every, at, days, day, nth)


def _looks(section: Section) -> model.ReadyLooks:
    files = list(section.texts("files"))
    if unknown := [kind for kind in files if kind not in FILES]:
        raise section.wrong(_unknown("files", unknown[0], FILES))
    return model.ReadyLooks(
        files=files,
        figures=list(section.texts("figures")),
        chart=_chart(section),
        order=[_order(text) for text in section.texts("order")],
        top=section.take("top", int, 10),
        columns=list(section.texts("columns")),
        compare=_one_of(section, "compare", COMPARED, ""),
        when_empty=_one_of(section, "when_empty", WHEN_EMPTY, "skip"),
        rows_by=_rows_by(section),
    )


def _chart(section: Section) -> Entry:
    """Read `bars:branch:total,invoices`, as commands write it."""
    text = section.text("chart", "")
    if not text:
        return {}
    kind, label, values = [*text.split(":", 2), "", ""][:3]
    if kind not in CHARTS:
        raise section.wrong(_unknown("chart", kind, CHARTS))
    return {"kind": kind, "label": label, "values": [*values.split(",")]}


def _order(text: str) -> tuple[str, bool]:
    """Read `total:desc`."""
    name, _colon, direction = text.partition(":")
    return name, direction == "desc"


def _rows_by(section: Section) -> Entry:
    """Read `contact:contact:flota`: the column, what stands in it, and which address."""
    text = section.text("rows_by", "")
    if not text:
        return {}
    column, kind, usage = [*text.split(":", 2), "", ""][:3]
    if kind not in ROWS_BY:
        raise section.wrong(_unknown("rows_by", kind, ROWS_BY))
    return {"column": column, "kind": kind, **({"usage": usage} if usage else {})}


def _one_of(section: Section, word: str, known: tuple[str, ...], default: str) -> str:
    value = section.text(word, default)
    if value not in known:
        raise section.wrong(_unknown(word, value, known))
    return value


def _unknown(word: str, value: str, known: tuple[str, ...]) -> str:
    sentence = _("“%(value)s” is not known for “%(word)s”; there are %(known)s.")
    return sentence % {"value": value, "word": word, "known": ", ".join(filter(None, known))}


def check_reports(connector: model.Connector, top: Section) -> None:
    """Refuse a proposed report that names a listing, value, column or usage that is not there."""
    for report in connector.reports.values():
        place = top.at(f"reports.{report.name}")
        listing = connector.listings.get(report.listing)
        if listing is None:
            sentence = _("there is no [listings.%(name)s].")
            raise place.wrong(sentence % {"name": report.listing})
        asked = {parameter.name for parameter in listing.parameters}
        _refuse_others(report.values, asked, place)
        columns = {field.path for field in listing.fields}
        _refuse_others((figure_column(name, columns) for name in _columns(report)), columns, place)
        _check_phone(report, listing, place)
        usage = str(report.looks.rows_by.get("usage", ""))
        if usage and usage not in connector.usages:
            raise place.wrong(_("there is no [usages.%(name)s].") % {"name": usage})


def _columns(report: model.ReadyReport) -> Iterator[str]:
    looks = report.looks
    yield from looks.figures
    yield from looks.columns
    yield from (name for name, _is_down in looks.order)
    values = looks.chart.get("values")
    drawn = [looks.chart.get("label"), *(values if isinstance(values, list) else [])]
    yield from (str(name) for name in (*drawn, looks.rows_by.get("column")) if name)


def _refuse_others(names: Iterable[str], known: set[str], place: Section) -> None:
    for name in names:
        if name not in known:
            sentence = _("its listing has no “%(name)s”; there are %(known)s.")
            raise place.wrong(sentence % {"name": name, "known": ", ".join(sorted(known))})


def _check_phone(
    report: model.ReadyReport, listing: model.ConnectorListing, place: Section
) -> None:
    told = [name for name, column in listing.columns.items() if column.total]
    figures = report.looks.figures or told
    for words in report.phone.values():
        for name in unknown_places(words, figures):
            sentence = _("the text for the phone names “%(name)s”, which is no figure of it.")
            raise place.wrong(sentence % {"name": name})
