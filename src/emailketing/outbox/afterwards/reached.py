"""Did anything of these decisions reach, or is it still on its way to, somebody?"""

from collections.abc import Collection

from emailketing.outbox.models import ENDED_BADLY, Message, State


def reached_somebody(dispatches: Collection[int]) -> bool:
    """Say whether a message of one of these dispatches went out and did not come back."""
    messages = Message.objects.filter(dispatch__in=dispatches)
    return messages.exclude(state__in=(*ENDED_BADLY, State.CANCELLED)).exists()
