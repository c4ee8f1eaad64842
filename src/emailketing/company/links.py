"""Links in messages: what is told of, and the address where it is looked at or answered.

Packages without screens name a thing; the faces register where they show it.
"""

from collections.abc import Callable, Mapping

from emailketing.company.models import Company

Page = Callable[..., str]  # the keys of one thing → its path, beginning with a slash
_pages: dict[str, Page] = {}


def register_pages(pages: Mapping[str, Page]) -> None:
    """Say where things are shown: name of the thing → path of its page."""
    _pages.update(pages)


def link_to(thing: str, *keys: object) -> str:
    """Return the whole address of a thing; empty until our own address is known.

    Raises:
        KeyError: no face shows such a thing.
    """
    page, base = _pages[thing], Company.get().base_url.rstrip("/")
    return f"{base}{page(*keys)}" if base else ""
