"""What a reader wants of his copy of a report: each time, less often, paused, or no more (P9).

One function changes it, whoever asks: the reader by his signed link, or somebody here for him.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.contacts.models import Suppression
from emailketing.content import formats
from emailketing.outbox.opt_out import Ended, opt_in_to, opt_out_of
from emailketing.outbox.policy import address_kind
from emailketing.schedule.models import Run
from emailketing.triggers.reports.definition.zone import zone_of_report
from emailketing.triggers.reports.models import Report, ReportReader

COPY = "copy"  # the purpose of links to a reader's own choice, in mails of before decision 108
PAUSE, END = "pause", "end"
PAUSED_FOR = timedelta(days=30)
Often = ReportReader.Often
CHOICES = (*Often.values, PAUSE, END)


class ChoiceUnknown(Exception):
    """There is no such choice."""


@dataclass(frozen=True, slots=True)
class CopyPlace:
    """Where a copy goes: channel and address, whatever its capitals."""

    channel: str
    address: str

    @property
    def written(self) -> str:
        return self.address.strip().lower()


def readers_of(report: Report) -> QuerySet[ReportReader]:
    """Return who has asked for something else than each of them: the owner sees that (P9)."""
    return ReportReader.objects.filter(report=report)


def reader_at(report: Report, place: CopyPlace) -> ReportReader:
    """Return what he has asked for; of somebody who asked for nothing, a new row."""
    known = readers_of(report).filter(channel=place.channel, address=place.written).first()
    return known or ReportReader(report=report, channel=place.channel, address=place.written)


@transaction.atomic
def choose_copy(
    report: Report,
    place: CopyPlace,
    choice: str,
    *,
    by: Who | str,
    now: datetime,
    via: str = Suppression.Via.OPERATOR,
) -> ReportReader:
    """Take a choice: "each", "weekly", "monthly", "pause" (30 days), "end"; the same twice is once.

    What is ended is noted against the address, too: then also what is queued already stays (U4).

    Args:
        report: of which report.
        place: where the copy goes.
        choice: what is wanted.
        by: who says so.
        now: when.
        via: where from we know it (`Suppression.Via`).

    Raises:
        ChoiceUnknown: it is none of these.
    """
    if choice not in CHOICES:
        raise ChoiceUnknown(_("There are: %(names)s.") % {"names": ", ".join(CHOICES)})
    report = Report.objects.select_for_update().get(pk=report.pk)
    reader = reader_at(report, place)
    was = state_word(reader)
    today = now.astimezone(ZoneInfo(zone_of_report(report))).date()
    reader.is_ended = choice == END
    reader.paused_until = today + PAUSED_FOR if choice == PAUSE else None
    if choice in Often.values:
        reader.often = choice
        if reader.last_instant is None and choice != Often.EACH:
            reader.last_instant = _last_instant(report)
    _end_or_not(report, place, is_ended=reader.is_ended, via=via, by=by, now=now)
    word = state_word(reader)
    if word == was and reader.pk is not None:
        return reader
    reader.changed_at, reader.changed_by = now, str(by)[:150]
    reader.save()
    note("changed", by=by, now=now, about=report, changes={place.written: [was, word]})
    return reader


def _end_or_not(
    report: Report, place: CopyPlace, *, is_ended: bool, via: str, by: Who | str, now: datetime
) -> None:
    what = Ended(place.written, address_kind(place.channel), str(report.mail_class), report.trigger)
    if is_ended:
        opt_out_of(what, via=via, by=by, now=now)
    else:
        opt_in_to(what, via=via, by=by, now=now)


def report_of_trigger(trigger: str) -> Report | None:
    """Return the report of a reason to write (report:12), if it is one and still there."""
    kind, _colon, number = trigger.partition(":")
    if kind != "report" or not number.isdecimal():
        return None
    return Report.objects.filter(pk=int(number[:18])).first()


def report_names() -> dict[str, str]:
    """Return what each report is called, by the reason to write that it is (report:12)."""
    return {report.trigger: report.name for report in Report.objects.only("name")}


def _last_instant(report: Report) -> datetime | None:
    """Return what his last copy was about: it counts for the week or month that goes on."""
    sent = Run.objects.filter(trigger=report.trigger, state=Run.State.SENT, only_to="")
    last = sent.order_by("-instant").first()
    return last.instant if last is not None else None


def state_word(reader: ReportReader) -> str:
    """Say in one word how it stands, as the audit keeps it: each, weekly, pause 2026-12-30, end."""
    if reader.is_ended:
        return END
    if reader.paused_until is not None:
        return f"{PAUSE} {reader.paused_until.isoformat()}"
    return str(reader.often)


def state_sentence(reader: ReportReader, language: str) -> str:
    """Say it to a person."""
    if reader.is_ended:
        return _("ended")
    if reader.paused_until is not None:
        return _("paused until %(day)s") % {"day": formats.day(reader.paused_until, language)}
    return str(Often(reader.often).label)


def leaves_out(reader: ReportReader, instant: datetime, zone: str) -> bool:
    """Say whether this run is not for him: ended, paused, or he had one this week or month."""
    day = instant.astimezone(ZoneInfo(zone)).date()
    if reader.is_ended or (reader.paused_until is not None and day < reader.paused_until):
        return True
    if reader.last_instant is None or reader.last_instant == instant:
        return False
    last = reader.last_instant.astimezone(ZoneInfo(zone)).date()
    return reader.often != Often.EACH and _period(last, reader.often) >= _period(day, reader.often)


def _period(day: date, often: str) -> tuple[int, int]:
    """Return the week or the month a day lies in."""
    if often == Often.WEEKLY:
        year, week, _weekday = day.isocalendar()
        return year, week
    return day.year, day.month


def left_out_of(report: Report, instant: datetime) -> set[tuple[str, str]]:
    """Return to which places (channel, address) this run does not go."""
    zone = zone_of_report(report)
    return {
        (reader.channel, reader.address)
        for reader in readers_of(report)
        if leaves_out(reader, instant, zone)
    }


def note_told(report: Report, places: Iterable[tuple[str, str]], instant: datetime) -> None:
    """Remember what those who want it less often had last, where it is written to them."""
    told = set(places)
    for reader in readers_of(report).exclude(often=Often.EACH):
        is_newer = reader.last_instant is None or reader.last_instant < instant
        if (reader.channel, reader.address) in told and is_newer:
            ReportReader.objects.filter(pk=reader.pk).update(last_instant=instant)


def whom_to_write(report: Report) -> str:
    """Say how a reader gets it less often where there are no links."""
    owner = report.owner
    who = " ".join(filter(None, [owner.get_full_name(), owner.email])) if owner else ""
    if who:
        sentence = _("To get this report less often, pause it or end it, write to %(who)s.")
        return sentence % {"who": who}
    return _("To get this report less often, pause it or end it, answer this mail.")
