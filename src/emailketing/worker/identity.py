"""The identity of our own database: a restored backup must not send its old queue again (C20)."""

from datetime import datetime

from emailketing.common.own_dialect import own_identity
from emailketing.company.identity import check_identity
from emailketing.company.models import INSTALLATION
from emailketing.company.turn import check_turn, move_on
from emailketing.sources.models import Source


def check_own_identity(now: datetime) -> bool:
    """Compare with what was registered; False means safe mode: the built-in inbox only."""
    is_known = check_identity(INSTALLATION, own_identity(), now=now)
    return check_turn(now) and is_known


def check_before_sending(now: datetime) -> None:
    """Ask everybody who remembers us, before the first message can leave (C20)."""
    check_own_identity(now)
    move_on(now)
    if Source.objects.exists():
        # loaded for whoever is attached: it brings all that reads a business database
        from emailketing.sources.upkeep.restored import ask_the_businesses

        ask_the_businesses(now)
