"""Who does something, and from where: what every function that changes something is told."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emailketing.accounts.models import User


@dataclass(frozen=True)
class Who:
    """A user of the console, or whoever is at the keyboard of the server.

    Attributes:
        name: as it is kept beside what was done.
        user: the account, where there is one.
        came_from: network address or “command line”.
    """

    name: str
    user: "User | None" = None
    came_from: str = ""

    def __str__(self) -> str:
        return self.name
