"""What must be so before an occasion can be kept; each problem is a sentence with its place."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from emailketing.audience.hours import Calendar
from emailketing.audience.problem import Problem, place_of
from emailketing.audience.saving import value_problems
from emailketing.audience.ways import gone_channels, plan_of
from emailketing.channels.catalogue import channel_of
from emailketing.channels.declared import EMAIL
from emailketing.common.said import sentence_of
from emailketing.company.free_days import holidays_named
from emailketing.company.models import Company
from emailketing.company.windows import WindowInvalid
from emailketing.listings.ask import parameters_of
from emailketing.listings.columns import columns_now
from emailketing.listings.errors import ListingError
from emailketing.listings.known import find_listing
from emailketing.listings.parameters import read_values
from emailketing.schedule.calendar_day import DayInvalid
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.date_kinds import date_kinds, trait_kinds
from emailketing.sources.fields import usage_problem
from emailketing.triggers.occasions.definition.days import Holiday, PersonDay, day_of
from emailketing.triggers.occasions.definition.listed import ListedDay, check_named
from emailketing.triggers.occasions.definition.way_out import way_out_problem
from emailketing.triggers.occasions.models import Occasion

MOST_VALUES = 100


def occasion_problems(occasion: Occasion, *, now: datetime) -> Iterator[Problem]:
    """Yield what keeps the occasion from being kept; one at rest may be without a way out."""
    yield from _name_problems(occasion)
    yield from value_problems(occasion, "late", "leap_day", "delivery")
    yield from _day_problems(occasion, now)
    yield from _trait_problems(occasion)
    yield from _way_problems(occasion)
    yield from _hours_problems(occasion, now)
    if occasion.is_active and (sentence := way_out_problem(plan_of(occasion))):
        yield Problem(sentence, "is_active")


def _name_problems(occasion: Occasion) -> Iterator[Problem]:
    if not occasion.name.strip():
        yield Problem(_("The occasion needs a name."), "name")
    elif Occasion.objects.exclude(pk=occasion.pk).filter(name=occasion.name).exists():
        sentence = _("There is an occasion “%(name)s” already.")
        yield Problem(sentence % {"name": occasion.name}, "name")


def _day_problems(occasion: Occasion, now: datetime) -> Iterator[Problem]:
    try:
        day = day_of(occasion)
    except DayInvalid as error:
        yield Problem(sentence_of(error), "day")
        return
    if isinstance(day, ListedDay):
        yield from _listed_problems(day, now)
    if isinstance(day, PersonDay) and day.date not in (known := date_kinds(occasion.source)):
        words = {"name": day.date, "known": ", ".join(known)}
        yield Problem(_("Nobody has a date “%(name)s”. There are: %(known)s.") % words, "day")
    if isinstance(day, Holiday):
        if not holidays_named(day.country, now.year):
            sentence = _("The holidays of “%(country)s” are not known.")
            yield Problem(sentence % {"country": day.country}, "day")
        elif day.in_year(now.year) is None and day.in_year(now.year + 1) is None:
            names = holidays_named(day.country, now.year)
            words = {"name": day.name, "known": ", ".join(names)}
            yield Problem(_("There is no holiday “%(name)s”. There are: %(known)s.") % words, "day")


def _listed_problems(day: ListedDay, now: datetime) -> Iterator[Problem]:
    """Yield what keeps its listing from being read; a source that is away keeps nobody waiting."""
    try:
        listing = find_listing(day.listing).listing
        zone = Company.get().time_zone
        read_values(parameters_of(listing), day.values, now=now, zone=zone)
        columns = columns_now(listing, day.values, now=now)
        if columns is not None:
            check_named(day, columns)
    except (ListingError, ConnectorError) as error:
        yield Problem(sentence_of(error), "day")


def _trait_problems(occasion: Occasion) -> Iterator[Problem]:
    known = trait_kinds(occasion.source)
    for name, values in occasion.traits.items():
        if name not in known:
            words = {"name": name, "known": ", ".join(known) or "—"}
            yield Problem(
                _("There is no trait “%(name)s”. There are: %(known)s.") % words, "traits"
            )
        elif not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            yield Problem(_("Name the values of “%(name)s” as a list.") % {"name": name}, "traits")
        elif not 0 < len(values) <= MOST_VALUES:
            words = {"name": name, "most": MOST_VALUES}
            yield Problem(_("“%(name)s”: from one to %(most)s values.") % words, "traits")
    if occasion.source and occasion.usage:
        try:
            sentence = usage_problem(occasion.source, occasion.usage)
        except ConnectorError as error:
            sentence = sentence_of(error)
        if sentence:
            yield Problem(sentence, "usage")


def _way_problems(occasion: Occasion) -> Iterator[Problem]:
    for channel in gone_channels(occasion):
        sentence = _("The channel “%(name)s” is not installed any more: choose another text.")
        yield Problem(sentence % {"name": channel}, place_of(channel, "template"))
    plan = plan_of(occasion)
    if plan.with_email and occasion.template is None:
        yield Problem(_("Choose a text for the mail."), place_of(EMAIL, "template"))
    if plan.with_phone and not plan.phones:
        yield Problem(_("Choose a text for the phone."), place_of("sms", "template"))
    for channel, choice in occasion.choices.items():
        if choice.template is not None and choice.template.channel != channel:
            words = {"name": choice.template.name, "channel": channel_of(channel).label}
            sentence = _("“%(name)s” is no text for %(channel)s.")
            yield Problem(sentence % words, place_of(channel, "template"))
    if not plan.ways:
        yield Problem(_("There is no active sender. Make one under Senders."), "delivery")


def _hours_problems(occasion: Occasion, now: datetime) -> Iterator[Problem]:
    try:
        Calendar.of(occasion, Company.get()).not_before(now)
    except WindowInvalid as error:
        yield Problem(sentence_of(error), "window")
