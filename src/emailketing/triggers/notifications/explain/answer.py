"""The answer to “why not?”: one sentence first, then everything that was found."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from emailketing.outbox.afterwards.finding import Finding


@dataclass(frozen=True)
class Answer:
    """What was found.

    Attributes:
        first: what answers the question.
        happened: all that was found, what matters most in front.
        besides: what holds for the person and the house whatever the document is.
    """

    first: Finding
    happened: list[Finding] = field(default_factory=list)
    besides: list[Finding] = field(default_factory=list)


def answer_of(found: Iterable[Finding], besides: Iterable[Finding], otherwise: Finding) -> Answer:
    """Put what answers the question first; of two alike the later one."""
    ordered = sorted(
        found,
        key=lambda one: (one.rank, one.at.timestamp() if one.at else 0.0),
        reverse=True,
    )
    first, *others = ordered or [otherwise]
    return Answer(first, others, list(besides))
