"""One thing found about why somebody did or did not get something: what, and what is needed."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PageReference:
    """Where it is changed or looked at: the name of a page and its numbers, the label of a link."""

    page: str
    label: str
    args: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact in words of the business.

    Attributes:
        what: what happened, or why it did not.
        needed: what would be needed, "" where nothing is.
        place: where that is done.
        tone: ok, info, warn, bad or muted.
        rank: the higher, the more it answers the question.
        about: the rule or process it is about.
    """

    what: str
    needed: str = ""
    place: PageReference | None = None
    tone: str = "muted"
    rank: int = 0
    about: str = ""
    at: datetime | None = None
