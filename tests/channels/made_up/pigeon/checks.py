"""What a loft must be before it is saved."""

from collections.abc import Iterator

from emailketing.channels.invalid import SenderInvalid
from emailketing.channels.models import Sender


def _check_loft(sender: Sender) -> Iterator[SenderInvalid]:
    if sender.options.get("breed") == "duck":
        yield SenderInvalid("A duck is no pigeon.", "option_breed")


CHECKS = {"loft": _check_loft}
