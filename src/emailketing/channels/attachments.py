"""How much a sender takes along with one mail: its own limit, 10 MB unless somebody says."""

from emailketing.channels.models import Sender

MOST_ATTACHED = "attachments_mb"  # the option of a sender
DEFAULT_MB, LARGEST_MB = 10, 100
A_MEGABYTE = 1_000_000


def most_attached(sender: Sender | None) -> int:
    """Return how many bytes of files a mail of this sender may have, as they are on the wire."""
    options = sender.options if sender is not None and isinstance(sender.options, dict) else {}
    said = str(options.get(MOST_ATTACHED) or "")
    return (int(said) if said.isdecimal() else DEFAULT_MB) * A_MEGABYTE
