"""What we promise survives a power cut: a database that forgets commits is refused (R7)."""

from emailketing.common.own_dialect import forgetful_setting


class LedgerUnsafe(Exception):
    """The database may forget what it confirmed; the worker does not send with it."""


def check_durability() -> None:
    """Raise unless a confirmed commit survives a power cut."""
    if sentence := forgetful_setting():
        raise LedgerUnsafe(sentence)
