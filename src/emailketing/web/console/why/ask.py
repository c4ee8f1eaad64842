"""What is asked: read from the address of the page, understood as far as it is without a doubt."""

from dataclasses import dataclass, field
from datetime import date

from django.http import QueryDict

from emailketing.triggers.notifications.explain import (
    Paper,
    Somebody,
    find_papers,
    find_people,
    paper_at,
    somebody_at,
)
from emailketing.triggers.notifications.explain.papers import only_one

LONGEST = 200  # letters of what is typed


@dataclass
class Asked:
    """The question; where it may mean several, what they are.

    Attributes:
        who: the words for the person.
        what: the words for the document.
        day: the day asked about, None when it is none.
    """

    who: str = ""
    what: str = ""
    day: date | None = None
    is_wrong_day: bool = False
    somebody: Somebody | None = None
    paper: Paper | None = None
    people: list[Somebody] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)

    @property
    def is_lost(self) -> bool:
        """Whether words were given that mean nobody or nothing we know."""
        return bool(self.who and not self.somebody and not self.people) or bool(
            self.what and not self.paper and not self.papers
        )


def read(given: QueryDict, today: date) -> Asked:
    asked = Asked(
        who=given.get("who", "").strip()[:LONGEST], what=given.get("document", "").strip()[:LONGEST]
    )
    _read_person(asked, given.get("person", "")[:LONGEST])
    _read_paper(asked, given.getlist("paper")[:3])
    _read_day(asked, given.get("day", "").strip(), today)
    return asked


def _read_person(asked: Asked, token: str) -> None:
    asked.somebody = somebody_at(token) if token else None
    if asked.somebody is not None:
        asked.who = asked.who or asked.somebody.name
        if asked.who == asked.somebody.name:
            return
    if asked.who:
        found = find_people(asked.who)
        asked.somebody = found[0] if len(found) == 1 else None
        asked.people = found if len(found) > 1 else []


def _read_paper(asked: Asked, place: list[str]) -> None:
    if len(place) == 3:  # noqa: PLR2004 - source, kind, key
        asked.paper = paper_at(*place)
    if asked.paper is not None:
        asked.what = asked.what or asked.paper.label
        if asked.what == asked.paper.label:
            return
    if asked.what:
        found = find_papers(asked.what)
        asked.paper = only_one(found, asked.what)
        asked.papers = found if asked.paper is None else []


def _read_day(asked: Asked, written: str, today: date) -> None:
    if asked.what:
        return
    try:
        asked.day = date.fromisoformat(written) if written else today
    except ValueError:
        asked.is_wrong_day = True
