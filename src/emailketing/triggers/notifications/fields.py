"""What a rule's condition may look at: the document as it is described, now and before."""

from collections.abc import Mapping
from typing import Any

from emailketing.company.models import Company
from emailketing.triggers.notifications.conditions import Facts
from emailketing.triggers.notifications.models import Rule


def facts_of(rule: Rule, document: Mapping[str, Any], before: Mapping[str, Any]) -> Facts:
    """Gather what the rule's condition may look at."""
    return Facts(document, before, rule.document_fields(), Company.get().currency)
