"""Pages of a list without counting it all: “is there one more?” is enough."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.core.paginator import Paginator

    WithoutCount = Paginator[Any]
else:
    # Unfold's templates know it by this very class
    from unfold.paginator import InfinitePaginator as WithoutCount

__all__ = ["WithoutCount"]
