"""Identifiers that sort by time."""

import os
from datetime import datetime

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32


def ulid(now: datetime) -> str:
    """Return 26 characters: 48 bits of milliseconds, 80 random bits (the ULID layout)."""
    number = (int(now.timestamp() * 1000) << 80) | int.from_bytes(os.urandom(10))
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))
