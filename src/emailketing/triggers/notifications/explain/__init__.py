"""“Why did it not reach Juan?”: one answer for a person and a document, or a person and a day."""

from emailketing.triggers.notifications.explain.answer import Answer
from emailketing.triggers.notifications.explain.day import explain_day
from emailketing.triggers.notifications.explain.paper import explain_paper
from emailketing.triggers.notifications.explain.papers import Paper, find_papers, paper_at
from emailketing.triggers.notifications.explain.people import (
    Somebody,
    find_people,
    people_of,
    somebody_at,
)

__all__ = [
    "Answer",
    "Paper",
    "Somebody",
    "explain_day",
    "explain_paper",
    "find_papers",
    "find_people",
    "paper_at",
    "people_of",
    "somebody_at",
]
