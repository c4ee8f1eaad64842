"""Which senders a person may choose."""

from django.db.models import Q, QuerySet

from emailketing.accounts.models import User
from emailketing.channels.models import Sender


def usable_senders(user: User, *, also: int | None = None) -> QuerySet[Sender]:
    """Those open to every operator or naming this person; all for administrators.

    `also` is the one already chosen: it stays on offer.
    """
    senders = Sender.objects.filter(Q(is_active=True) | Q(pk=also))
    if user.has_perm("channels.change_sender"):
        return senders
    return senders.filter(Q(users=None) | Q(users=user) | Q(pk=also)).distinct()
