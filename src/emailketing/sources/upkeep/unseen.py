"""What no trigger sees in this very database, in words (C18): it stands on the source's page."""

from collections.abc import Iterator

from emailketing.sources.capture.base import SWITCHED_OFF
from emailketing.sources.models import Source


def unseen(source: Source) -> Iterator[tuple[str, bool]]:
    """Yield (sentence, whether that is so everywhere) of what the last look found."""
    kind = source.kind_of_database
    sentences = kind.unseen_words() if kind else {}
    for code, where in source.health.get("unseen", []):
        if code in sentences:
            yield sentences[code] % {"where": where}, code != SWITCHED_OFF
