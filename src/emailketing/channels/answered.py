"""When a person last wrote to us: some channels take free texts only for a while after it (M5)."""

from datetime import datetime, timedelta

from emailketing.channels.models import LastWord, Sender


def note_word(sender: Sender, address: str, *, at: datetime, now: datetime) -> None:
    """Note when a person wrote; what is told late or out of order never shortens it."""
    at = min(at, now)  # a clock that goes ahead opens nothing longer
    word, is_new = LastWord.objects.get_or_create(
        sender=sender, address=address[:40], defaults={"at": at}
    )
    if not is_new:
        LastWord.objects.filter(pk=word.pk, at__lt=at).update(at=at)


def is_open(sender: Sender, address: str, *, within: timedelta, now: datetime) -> bool:
    """Whether a free text may go to this person; unknown means no."""
    since = now - within
    return LastWord.objects.filter(sender=sender, address=address, at__gt=since).exists()
