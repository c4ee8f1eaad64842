"""`[rules.<name>]`: the rules a connector proposes, read as strictly as all the rest."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from emailketing.channels.catalogue import phones
from emailketing.common import conditions
from emailketing.sources.connectors import model
from emailketing.sources.connectors.section import Section

# the words a rule knows (a test compares them with the rule's own)
DELIVERIES = ("email", "phone", "both", "email_first", "phone_first", "contact")
CLASSES = ("security", "transactional", "document", "report", "greeting", "marketing")
REPEATS = ("once", "every")
DIGESTS = ("", "hour", "day")
RECIPIENT_KINDS = ("party", "role", "address", "field")
WHOLE_NUMBERS = ("delay", "digest_hour", "daily_cap", "flood_limit")
DATES = frozenset({"date", "datetime"})
# comparisons with what was before: only rules know that
OVER_TIME = frozenset({"becomes", "crosses_above", "crosses_below"})


def ready_rule(section: Section, name: str) -> model.ReadyRule:
    """Read one proposed rule."""
    return model.ReadyRule(
        name=name,
        label=section.labels("label"),
        process=section.text("process"),
        template=section.text("template"),
        texts={name: slug for name in phones() if (slug := section.text(name, ""))},
        recipients=tuple(_recipients(section)),
        fallback=_recipient(section, section.take("fallback", dict, {}), may_be_empty=True),
        condition=section.condition("condition", OVER_TIME),
        settings=dict(_settings(section)),
    )


def _settings(section: Section) -> Iterator[tuple[str, Any]]:
    yield "delivery", _one_of(section, "delivery", DELIVERIES, "email")
    yield "class", _one_of(section, "class", CLASSES, "document")
    yield "repeat", _one_of(section, "repeat", REPEATS, "once")
    yield "digest", _one_of(section, "digest", DIGESTS, "")
    yield "urgent", section.take("urgent", bool, False)
    yield "attach", section.take("attach", bool, True)
    yield "leaves_out_actor", section.take("leaves_out_actor", bool, False)
    yield "remind_days", _days(section)
    yield "remind_from", section.text("remind_from", "")
    yield "window", section.take("window", dict, {})
    for word in WHOLE_NUMBERS:
        number = section.take(word, int, -1)
        if number >= 0:
            yield word, number


def _one_of(section: Section, word: str, known: tuple[str, ...], default: str) -> str:
    value = section.text(word, default)
    if value not in known:
        sentence = _("“%(value)s” is not known for “%(word)s”; there are %(known)s.")
        words = {"value": value, "word": word, "known": ", ".join(filter(None, known))}
        raise section.wrong(sentence % words)
    return value


def _days(section: Section) -> list[int]:
    days = section.take("remind_days", list, [])
    if any(not isinstance(day, int) or isinstance(day, bool) or day < 0 for day in days):
        raise section.wrong(_("“%(word)s” has the wrong kind of value.") % {"word": "remind_days"})
    return days


def _recipients(section: Section) -> Iterator[Mapping[str, Any]]:
    found = section.take("recipients", list, [])
    for wanted in found:
        yield _recipient(section, wanted)


def _recipient(section: Section, wanted: Any, *, may_be_empty: bool = False) -> Mapping[str, Any]:
    if may_be_empty and wanted == {}:
        return {}
    if not isinstance(wanted, dict) or wanted.get("kind") not in RECIPIENT_KINDS:
        known = ", ".join(RECIPIENT_KINDS)
        raise section.wrong(_("a recipient has one of the kinds %(known)s.") % {"known": known})
    needed = {"role": "name", "address": "value", "field": "path"}.get(wanted["kind"])
    if needed and not wanted.get(needed):
        raise section.wrong(_("“%(word)s” is missing.") % {"word": needed})
    return wanted


def check_rules(connector: model.Connector, top: Section) -> None:
    """Refuse a proposed rule that names a process, field or usage that is not there."""
    for rule in connector.rules.values():
        place = top.at(f"rules.{rule.name}")
        process = connector.processes.get(rule.process)
        if process is None:
            sentence = _("there is no [processes.%(name)s].")
            raise place.wrong(sentence % {"name": rule.process})
        _check_fields(rule, connector.documents[process.document_type].field_types(), place)
        for wanted in (*rule.recipients, rule.fallback):
            usage = wanted.get("usage")
            if usage and str(usage) not in connector.usages:
                raise place.wrong(_("there is no [usages.%(name)s].") % {"name": usage})


def _check_fields(rule: model.ReadyRule, types: Mapping[str, str], place: Section) -> None:
    for path in conditions.paths(rule.condition):
        if path not in types:
            sentence = _("asks for the field “%(field)s”, which its document does not list.")
            raise place.wrong(sentence % {"field": path})
    if path := conditions.without_currency(rule.condition, types):
        sentence = _("“%(field)s” is an amount: say of which currency, currency = “PYG”.")
        raise place.wrong(sentence % {"field": path})
    if rule.settings["remind_from"] and types.get(rule.settings["remind_from"]) not in DATES:
        sentence = _("“%(field)s” is no date of its document.")
        raise place.wrong(sentence % {"field": rule.settings["remind_from"]})
