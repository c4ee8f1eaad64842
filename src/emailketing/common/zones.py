"""Names of time zones."""

import zoneinfo
from functools import cache


@cache
def _known() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def is_zone(name: str) -> bool:
    """Whether this is the name of a time zone: America/Asuncion."""
    return name in _known()
