"""What a rule's condition may look at: the document as it is described, now and before."""

from emailketing.common.document import Document, as_json
from emailketing.common.plain import Values
from emailketing.company.models import Company
from emailketing.triggers.notifications.conditions import Facts
from emailketing.triggers.notifications.models import Rule


def facts_of(rule: Rule, document: Document, before: Values) -> Facts:
    """Gather what the rule's condition may look at."""
    return Facts(as_json(document), before, rule.document_fields(), Company.get().currency)
