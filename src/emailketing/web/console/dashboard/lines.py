"""What the lists of the front page are made of."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class DashboardLine:
    """One thing in words, with a place to go."""

    tone: str
    word: str
    title: str
    text: str
    url: str = ""
    at: datetime | None = None
    said: str = ""
