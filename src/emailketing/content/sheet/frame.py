"""What stands around a table whichever form it takes: title, period, filters, hour, look."""

from dataclasses import dataclass, field
from datetime import datetime

from emailketing.content.look import BrandLook


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFrame:
    """What is said of a table and how its values are written.

    Attributes:
        period: what it is about, in words: “noviembre de 2026”.
        when: the same in a word or two, for a phone: “nov”.
        filters: what was asked for, each in words.
        made_at: when it was read; None where nobody asks.
        zone: IANA name of the reader's zone.
        currency: of amounts whose column names none.
    """

    title: str
    period: str = ""
    when: str = ""
    filters: tuple[str, ...] = ()
    made_at: datetime | None = None
    zone: str = "UTC"
    language: str = "es"
    currency: str = "PYG"
    look: BrandLook = field(default_factory=BrandLook)
