"""What uses a listing by its name: packages above register how they are asked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListingUse:
    """One thing that asks a listing; `key`: its number, for a link to a `kind` of things."""

    name: str
    key: int
    kind: str = "report"


Uses = Callable[[str], Iterable[ListingUse]]  # name of a listing → what asks it
_registered: list[Uses] = []


def register_uses(of: Uses) -> None:
    """Say what asks listings: of a name, as “listing list” shows it."""
    if of not in _registered:
        _registered.append(of)


def uses_of(name: str) -> list[ListingUse]:
    """Return what asks the listing of this name."""
    return [use for of in _registered for use in of(name)]
