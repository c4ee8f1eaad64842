"""What waits for a sender that is switched off (S35)."""

from django.db.models import Count

from emailketing.outbox.models import DUE, Message


def waiting_for_switched_off() -> dict[int, int]:
    """Return sender → how many messages would leave if somebody switched it on."""
    found = Message.objects.filter(sender__is_active=False, state__in=DUE)
    return dict(found.values_list("sender_id").annotate(Count("pk")).order_by("sender_id"))
