"""The ready-made rules of a source: all of them made at once, switched off, one switch each."""

import logging
from collections.abc import Container, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.accounts.who import Who
from emailketing.audience.problem import Problem
from emailketing.channels.declared import EMAIL
from emailketing.common.plain import Values
from emailketing.company.models import Company
from emailketing.contacts.check import ContactInvalid
from emailketing.contacts.duties import duty_named
from emailketing.content.models import Brand, Template
from emailketing.content.starters import make_starter_templates
from emailketing.sources.connectors import ReadyRule, in_language
from emailketing.sources.in_use import in_use
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.save import RuleInvalid, save_rule

logger = logging.getLogger(__name__)
# the word in the connector → the field of a rule
FIELDS = {
    "delivery": "delivery",
    "class": "mail_class",
    "repeat": "repeat",
    "digest": "digest",
    "digest_hour": "digest_hour",
    "urgent": "is_urgent",
    "attach": "attach_document",
    "leaves_out_actor": "leaves_out_actor",
    "remind_days": "remind_days",
    "remind_from": "remind_from",
    "window": "window",
    "delay": "delay_minutes",
    "daily_cap": "daily_cap",
    "flood_limit": "flood_limit",
}


@transaction.atomic
def make_pack(
    source: Source, *, by: Who | str, now: datetime, only: Container[str] | None = None
) -> list[Rule]:
    """Return every rule the connector proposes, made where it is not there yet, switched off.

    A second call makes nothing twice; what somebody changed stays as it is. `only` names those
    that are wanted.

    Raises:
        ConnectorError: the connector is gone or broken.
        StoreFull: a picture of a template cannot be kept.
        RuleInvalid: a rule cannot be made at all.
    """
    connector = in_use(source)
    if connector.rules:
        brand = Brand.objects.filter(is_default=True).first()
        make_starter_templates(brand, now=now)
    rules = []
    for ready in connector.rules.values():
        if only is not None and ready.name not in only:
            continue
        rule = known(source, ready) or _make(source, ready, by=by, now=now)
        if rule is not None:
            rules.append(rule)
    return rules


def left_out(source: Source) -> list[str]:
    """Return a sentence for each proposed rule that cannot be made: its text is not there."""
    language = Company.get().language
    sentence = _("“%(rule)s” needs the template “%(template)s”, which does not exist.")
    return [
        sentence % {"rule": in_language(ready.label, language), "template": slug}
        for ready in in_use(source).rules.values()
        for slug in _templates_of(ready)
        if not Template.objects.filter(slug=slug).exists()
    ]


def known(source: Source, ready: ReadyRule) -> Rule | None:
    """Return the rule a proposal has become, or nothing."""
    mine = Rule.objects.filter(source=source)
    made = mine.filter(ready_made=ready.name).first()
    if made is not None:
        return made
    # one somebody made by hand under the same name is that rule
    by_hand = mine.filter(ready_made="", process=ready.process, name__in=set(ready.label.values()))
    return by_hand.first()


def _make(source: Source, ready: ReadyRule, *, by: Who | str, now: datetime) -> Rule | None:
    templates = {slug: Template.objects.filter(slug=slug).first() for slug in _templates_of(ready)}
    if None in templates.values():
        logger.warning("source %s: no template for the ready-made rule %s", source.slug, ready.name)
        return None
    rule = Rule(
        name=in_language(ready.label, Company.get().language)[:120],
        source=source,
        process=ready.process,
        condition=dict(ready.condition),
        recipients=[_recipient(wanted, by=by, now=now) for wanted in ready.recipients],
        fallback=_recipient(ready.fallback, by=by, now=now) if ready.fallback else {},
        ready_made=ready.name,
        is_active=False,
        **{FIELDS[word]: value for word, value in ready.settings.items()},
    )
    for channel, slug in {EMAIL: ready.template, **ready.texts}.items():
        rule.choose(channel, template=templates[slug])
    return save_rule(rule, by=by, now=now)


def _templates_of(ready: ReadyRule) -> Iterator[str]:
    yield ready.template
    yield from ready.texts.values()


def _recipient(wanted: Values, *, by: Who | str, now: datetime) -> dict[str, Any]:
    """A role is named in the connector; here it has a number."""
    if wanted.get("kind") != "role":
        return dict(wanted)
    rest = {word: value for word, value in wanted.items() if word != "name"}
    try:
        role = duty_named(str(wanted["name"])[:80], by=by, now=now)
    except ContactInvalid as error:
        raise RuleInvalid(Problem(str(error), "recipients")) from error
    return {**rest, "role": role.pk}
