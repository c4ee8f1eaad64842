"""Natural keys (R28), and what a rule is read with."""

from emailketing.events.models import Event
from emailketing.triggers.notifications.models import Rule

# what stands behind a rule, read with it
NEEDED = (
    "source",
    "template__brand",
    "sms_template",
    "whatsapp_template",
    "sender",
    "phone_sender",
)


def dispatch_key(rule: Rule, event: Event) -> str:
    """Return the key: per document for “once”, per event for “every time”.

    A number that SQLite gives again after a deletion is another document: it has another life.
    """
    if rule.repeat == Rule.Repeat.EVERY:
        return f"rule:{rule.pk}:event:{event.pk}"
    life = event.data.get("life") or 0
    key = f"rule:{rule.pk}:{event.source}:{event.document_type}:{event.document_key}"
    return f"{key}:{life}" if life else key
