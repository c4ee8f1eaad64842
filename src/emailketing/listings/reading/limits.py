"""How long a read may take, and how much it may give."""

from dataclasses import dataclass

MOST_ROWS = 1_000_000
MOST_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Limits:
    rows: int = MOST_ROWS
    seconds: float = MOST_SECONDS


WHOLE = Limits()
