"""Where the faces show what messages link to; registered when Django starts."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.urls import reverse


def _event(number: int) -> str:
    return reverse("console:event", args=[number])


def _table(source: int, table: str) -> str:
    """The page with the buttons that say whether a table is told of."""
    page = reverse("console:source_tables", args=[source])
    return f"{page}?{urlencode({'table': table})}"


def _hook(token: str) -> str:
    """Where a gateway tells us what became of a message."""
    return reverse("public:hook", args=[token])


PAGES: dict[str, Callable[..., str]] = {"event": _event, "table": _table, "hook": _hook}
