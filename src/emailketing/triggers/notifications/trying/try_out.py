"""“Probar”: what a rule would do with a past document, sending nothing."""

from dataclasses import dataclass, field
from typing import Any

from emailketing.audience.recipients import resolve
from emailketing.audience.template_data import template_data
from emailketing.audience.wanted import RecipientInvalid
from emailketing.audience.ways import templates_of
from emailketing.channels.declared import EMAIL
from emailketing.common.document import Document
from emailketing.common.plain import Values
from emailketing.content.documents import DocumentFailed
from emailketing.content.models import Template
from emailketing.content.render import Rendered, RenderFailed, render
from emailketing.events.models import Event
from emailketing.outbox.queueing.dispatch import File, Recipient
from emailketing.triggers.notifications.conditions import (
    ConditionInvalid,
    ConditionVerdict,
    evaluate,
)
from emailketing.triggers.notifications.firing.prepare import make_files
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.fields import facts_of


@dataclass
class Trial:
    """What would happen: does it match, who would get what, and what is wrong."""

    verdict: ConditionVerdict
    recipients: list[Recipient] = field(default_factory=list)
    mails: dict[str, Rendered] = field(default_factory=dict)  # by language
    phones: dict[str, dict[str, Rendered]] = field(default_factory=dict)  # by channel and language
    files: tuple[File, ...] = ()
    problems: list[str] = field(default_factory=list)
    used_fallback: bool = False


def try_rule(
    rule: Rule,
    document: Document,
    *,
    before: Values | None = None,
    event: Event | None = None,
) -> Trial:
    """Judge and render the rule for one document, as `fire` would; the rule may be unsaved."""
    try:
        verdict = evaluate(rule.condition, facts_of(rule, document, before or {}))
        resolution = resolve(rule, document, actor=event.actor if event else "")
    except (ConditionInvalid, RecipientInvalid) as error:
        return Trial(ConditionVerdict(holds=False, why=str(error)), problems=[str(error)])
    trial = Trial(
        verdict,
        resolution.recipients,
        problems=resolution.problems,
        used_fallback=resolution.used_fallback,
    )
    data = template_data(document, event=event)
    readers = trial.recipients or [Recipient(address="nobody@example.com")]
    for channel, template in templates_of(rule).items():
        mails = trial.mails if channel == EMAIL else trial.phones.setdefault(channel, {})
        for reader in _one_for_each_language(readers):
            rendered = _rendered(template, data, reader, trial.problems)
            if rendered is not None:
                mails[reader.language] = rendered
    try:
        trial.files = make_files(rule, data, readers)
    except DocumentFailed as error:
        trial.problems.append(str(error))
    return trial


def _one_for_each_language(readers: list[Recipient]) -> list[Recipient]:
    return list({reader.language: reader for reader in reversed(readers)}.values())


def _rendered(
    template: Template, data: dict[str, Any], reader: Recipient, problems: list[str]
) -> Rendered | None:
    revision = template.current(reader.language)
    if revision is None:
        return None
    recipient = {"name": reader.name, "language": reader.language}
    try:
        return render(revision, {**data, "recipient": recipient}, language=reader.language)
    except RenderFailed as error:
        problems.append(str(error))
        return None
