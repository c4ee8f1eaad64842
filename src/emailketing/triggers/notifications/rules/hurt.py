"""Which rules and templates use what a changed connector would take away."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from emailketing.common.conditions import paths
from emailketing.content.models import LANGUAGES, Template
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.connectors.losses import Loss
from emailketing.sources.in_use import in_use
from emailketing.sources.models import Source
from emailketing.triggers.notifications.keys import with_needed
from emailketing.triggers.notifications.models import Rule


def in_words(source: Source, losses: Iterable[Loss]) -> list[str]:
    """Return each loss with the rules and templates that use it."""
    rules = list(with_needed(Rule.objects.filter(source=source)).order_by("name"))
    types = _types(source)
    return [_sentence(loss, rules, types) for loss in losses]


def _types(source: Source) -> dict[str, str]:
    """Return process → kind of document."""
    try:
        return {name: p.document_type for name, p in in_use(source).processes.items()}
    except ConnectorError:
        return {}


def _sentence(loss: Loss, rules: list[Rule], types: dict[str, str]) -> str:
    named = [rule for rule in rules if _uses(rule, loss, types)]
    templates = {
        template.pk: template.name
        for rule in rules
        if loss.kind == "field" and types.get(rule.process) == loss.document
        for template in (choice.template for choice in rule.choices.values())
        if template is not None and _names(template, loss.name)
    }
    users = [_("rule “%s”") % rule.name for rule in named]
    users += [_("template “%s”") % name for name in templates.values()]
    if not users:
        return loss.sentence
    words = {"loss": loss.sentence, "users": ", ".join(users)}
    return _("%(loss)s: used by %(users)s") % words


def _uses(rule: Rule, loss: Loss, types: dict[str, str]) -> bool:
    if loss.kind in {"process", "condition"}:
        return rule.process == loss.name
    is_about = types.get(rule.process) == loss.document
    if loss.kind in {"document", "query"}:
        return is_about
    wanted = [*rule.recipients, rule.fallback or {}]
    if loss.kind == "usage":
        return any(one.get("usage") == loss.name for one in wanted)
    if loss.kind != "field" or not is_about:
        return False
    asked = {*paths(rule.condition), rule.remind_from, *(str(one.get("path")) for one in wanted)}
    return loss.name in asked


def _names(template: Template, path: str) -> bool:
    """Whether a text asks for the field: `document.totals.total`, or `.code` of a line."""
    _list, _dot, last = path.rpartition(".")
    pattern = re.compile(rf"\bdocument\.{re.escape(path)}\b|\.{re.escape(last)}\b")
    revisions = [template.current(language) for language, _name in LANGUAGES]
    return any(
        pattern.search(f"{revision.subject} {revision.preheader} {revision.body}")
        for revision in revisions
        if revision is not None
    )
