"""Numbers as they arrive in addresses and forms."""

LONGEST = 9  # digits; no list here is longer, and every database takes the number


def whole(text: str) -> int | None:
    """Return the whole number that stands there, None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else None
