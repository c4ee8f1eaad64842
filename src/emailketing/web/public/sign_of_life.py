"""The sign of life of the process behind the published port."""

import logging
import threading
import time

from django.utils import timezone

from emailketing.company.beat import PUBLIC, give_beat

logger = logging.getLogger(__name__)
EVERY = 10.0  # seconds


def keep_beating() -> None:
    """Write it again and again, as long as this process is there."""
    threading.Thread(target=_beat, name="sign of life", daemon=True).start()


def _beat() -> None:
    while True:
        try:
            give_beat(PUBLIC, 0, timezone.now())
        except OSError as error:
            logger.warning("The sign of life cannot be written: %s", error)
        time.sleep(EVERY)
