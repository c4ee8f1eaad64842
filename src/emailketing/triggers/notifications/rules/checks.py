"""What must be so before a rule can work: channels, recipients, hours. Each problem a sentence."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from emailketing.audience.hours import Calendar
from emailketing.audience.problem import Problem, place_of
from emailketing.audience.saving import value_problems
from emailketing.audience.wanted import read_wanted
from emailketing.audience.ways import (
    WITHOUT_EMAIL,
    WITHOUT_PHONE,
    plan_of,
    template_for,
)
from emailketing.channels.catalogue import channel_of, phones, phones_by_turn
from emailketing.channels.declared import EMAIL
from emailketing.common.plain import JSON, Values
from emailketing.company.models import Company
from emailketing.company.windows import WindowInvalid
from emailketing.contacts.phone import phone
from emailketing.content.models import Template
from emailketing.outbox.queueing.dispatch import MailClass
from emailketing.outbox.way_out import ways_without_way_out
from emailketing.sources.fields import usage_problem
from emailketing.triggers.notifications.conditions import FieldInfo
from emailketing.triggers.notifications.models import Rule

LONGEST_DELAY = 60 * 24 * 30  # minutes
MOST_A_DAY = 1_000
MOST_AN_HOUR = 100_000
LONGEST_LADDER = 3_660  # days
MOST_RUNGS = 20
LAST_HOUR = 23
DATES = frozenset({"date", "datetime"})
# field of a rule → from, to; what a form offers is the same
BOUNDS = {
    "delay_minutes": (0, LONGEST_DELAY),
    "digest_hour": (0, LAST_HOUR),
    "daily_cap": (1, MOST_A_DAY),
    "flood_limit": (1, MOST_AN_HOUR),
}


def saying_problems(rule: Rule) -> Iterator[Problem]:
    """Yield what is missing, too long or out of bounds, whatever else the rule says."""
    if not rule.name.strip():
        yield Problem(_("The rule needs a name."), "name")
    yield from value_problems(rule)
    for name, (least, most) in BOUNDS.items():
        value, numbered = getattr(rule, name), Rule._meta.get_field(name)
        is_open = value is None and numbered.null
        if not is_open and not (_is_whole(value) and least <= value <= most):
            sentence = _("%(field)s: a whole number from %(least)s to %(most)s.")
            words = {"field": getattr(numbered, "verbose_name", name), "least": least, "most": most}
            yield Problem(sentence % words, name)


def _is_whole(value: JSON) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def recipient_problem(rule: Rule, wanted: Values, fields: Mapping[str, FieldInfo]) -> str:
    """Return what is wrong with one recipient, or nothing."""
    wanted, problem = read_wanted(wanted)  # as it is kept, whichever face it came by
    if problem:
        return problem
    kind = wanted.get("kind")
    if kind == "address":
        return _address_problem(rule, str(wanted.get("value", "")))
    usage = str(wanted.get("usage") or "")
    if kind == "party" and usage and (unknown := usage_problem(rule.source, usage)):
        return unknown
    # the parts of a document that no field names may be asked for, a misspelt field may not
    path = str(wanted.get("path", ""))
    if kind == "field" and path not in fields and path.split(".")[0] not in _parts(fields):
        message = _("The field “%(field)s” does not exist. Choose another in the rule.")
        return message % {"field": path}
    return ""


def _parts(fields: Mapping[str, FieldInfo]) -> set[str]:
    return {"party", *(path.split(".")[0] for path in fields if "." in path)}


def _address_problem(rule: Rule, value: str) -> str:
    """A phone in the e-mail field, or the reverse, is said at once; `value` can be read."""
    if "@" in value:
        sentence = _("“%(name)s” is an e-mail address; this rule writes by phone only.")
        return sentence % {"name": value} if rule.delivery in WITHOUT_EMAIL else ""
    if rule.delivery in WITHOUT_PHONE:
        return _("“%(name)s” is a phone; this rule writes by e-mail only.") % {"name": value}
    number = phone(value, Company.get().country)
    landline = _("“%s” is a landline: texts reach mobile phones only.") % number.e164
    return "" if number.is_mobile else landline


def delivery_problems(rule: Rule) -> Iterator[Problem]:
    """Yield what the rule's choice of channels lacks: words, or an active sender."""
    unknown = list(_unknown_words(rule))
    if unknown:
        yield unknown[0]
        return
    if why := next(ways_without_way_out(rule.mail_class, plan_of(rule).senders), ""):
        yield Problem(why, "mail_class")
    yield from _sender_problems(rule)
    yield from _words_problems(EMAIL, rule.template)
    if rule.delivery in WITHOUT_PHONE:
        return
    if not any(template_for(rule, channel) for channel in phones_by_turn()):
        sentence = _("The rule has no text for the phone. Choose one.")
        yield Problem(sentence, place_of(phones()[0], "template"))
        return
    for channel in phones_by_turn():
        yield from _words_problems(channel, template_for(rule, channel))
    plan = plan_of(rule)
    # with a mail beside it the rule can begin; each outcome says what is missing for the phone
    if rule.is_active and not plan.is_ready:
        sentence = _("There is no active sender for %(channel)s. Make one under Senders.")
        missing = channel_of(EMAIL if plan.with_email else plan.phones[0])
        yield Problem(sentence % {"channel": missing.label}, place_of(missing.name, "sender"))


def _sender_problems(rule: Rule) -> Iterator[Problem]:
    """A sender of another channel would be passed over without a word."""
    for channel, choice in rule.choices.items():
        sender = choice.sender
        if sender is not None and sender.channel != channel:
            sentence = _("The sender “%(sender)s” writes by %(channel)s. Choose another.")
            words = {"sender": sender.name, "channel": sender.get_channel_display()}
            yield Problem(sentence % words, place_of(channel, "sender"))


def _unknown_words(rule: Rule) -> Iterator[Problem]:
    for name, known in (
        ("delivery", Rule.Delivery.values),
        ("mail_class", MailClass.values),
        ("repeat", Rule.Repeat.values),
        ("digest", Rule.Digest.values),
    ):
        if (value := getattr(rule, name)) not in known:
            sentence = _("The rule says something unknown: “%(name)s”.") % {"name": value}
            yield Problem(sentence, name)


def _words_problems(channel: str, template: Template | None) -> Iterator[Problem]:
    if template is None:
        return
    words = {"template": template.name, "channel": channel_of(channel).label}
    if template.channel != channel:
        sentence = _("The template “%(template)s” is not one for %(channel)s.")
        yield Problem(sentence % words, place_of(channel, "template"))
    elif not template.revisions.exists():
        sentence = _("The template “%(template)s” has no text yet. Write it first.")
        yield Problem(sentence % words, place_of(channel, "template"))


def timing_problems(
    rule: Rule, fields: Mapping[str, FieldInfo], *, now: datetime
) -> Iterator[Problem]:
    """Yield what is wrong with hours, reminders, digest and caps."""
    try:
        Calendar.of(rule, Company.get()).not_before(now)
    except WindowInvalid as error:
        yield Problem(str(error), "window_days")
    yield from _ladder_problems(rule, fields)
    if rule.digest and (rule.is_urgent or rule.mail_class == MailClass.SECURITY):
        yield Problem(
            _("What is urgent is told at once: take away one of the two, digest or urgent."),
            "is_urgent",
        )


def _ladder_problems(rule: Rule, fields: Mapping[str, FieldInfo]) -> Iterator[Problem]:
    days = rule.remind_days
    if not isinstance(days, list) or not all(_is_day(day) for day in days):
        yield Problem(_("The days of the reminders are whole numbers from 0 to 3660."), "reminders")
        return
    if len(set(days)) != len(days) or len(days) > MOST_RUNGS:
        yield Problem(
            _("Each reminder has its own day, and there are at most twenty."), "reminders"
        )
    if days and rule.digest:
        yield Problem(
            _("A reminder is written on its own day: choose either reminders or a digest."),
            "reminders",
        )
    if rule.remind_from:
        info = fields.get(rule.remind_from)
        if info is None or info.type not in DATES:
            yield Problem(
                _("“%(field)s” is no date of the document.") % {"field": rule.remind_from},
                "remind_from",
            )


def _is_day(value: JSON) -> bool:
    return isinstance(value, int) and _is_whole(value) and 0 <= value <= LONGEST_LADDER
