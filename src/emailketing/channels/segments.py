"""How a channel counts a text that is paid in pieces."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol


class TooLong(Exception):
    """The text does not fit into the most parts that a phone can join."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a text takes.

    Attributes:
        characters: places, as the network counts them: € takes two, an emoji two.
        left: places free in the last segment.
        is_costly: letters in it make each segment hold fewer.
    """

    encoding: Literal["gsm7", "ucs2"]
    characters: int
    segments: int
    left: int
    is_costly: bool = False


class Counts(Protocol):
    """Count a text; `plain`: as it is without what makes it costly."""

    def __call__(self, text: str, *, plain: bool = False) -> Measure: ...


@dataclass(frozen=True, slots=True)
class Segments:
    """The counting of one channel.

    Attributes:
        measure: raises `TooLong` where no phone could join the parts.
        plain: writes a text without what makes it costly.
        costly: whether this letter makes the whole text costly.
    """

    measure: Counts
    plain: Callable[[str], str]
    costly: Callable[[str], bool]
