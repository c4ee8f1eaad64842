"""Links in messages: what is told of, and the address where it is looked at or answered.

Packages without screens name a thing; the faces register where they show it.
"""

from collections.abc import Callable, Mapping

from emailketing.company.models import Company

Page = Callable[..., str]  # the keys of one thing → its path, beginning with a slash
_pages: dict[str, Page] = {}
_seen_from_outside: list[Callable[[], str]] = []


def register_pages(pages: Mapping[str, Page]) -> None:
    """Say where things are shown: name of the thing → path of its page."""
    _pages.update(pages)


def register_outside(address: Callable[[], str]) -> None:
    """Say who knows under which address we were seen from outside; it may be empty."""
    _seen_from_outside[:] = [address]


def outside_address() -> str:
    """Return the address under which we were seen from outside, without a slash at its end."""
    return next((address() for address in _seen_from_outside), "")


def links_outside(thing: str, *keys: str) -> tuple[str, ...]:
    """Return where machines outside reach a thing: under the best address, then under the other.

    Both lead to it; who was told one goes on with it.
    """
    bases = (outside_address(), Company.get().base_url.rstrip("/"))
    return tuple(f"{base}{_pages[thing](*keys)}" for base in dict.fromkeys(bases) if base)


def link_to(thing: str, *keys: object) -> str:
    """Return the whole address of a thing; empty until our own address is known.

    Raises:
        KeyError: no face shows such a thing.
    """
    page, base = _pages[thing], Company.get().base_url.rstrip("/")
    return f"{base}{page(*keys)}" if base else ""
