"""What stays the same for a moment is read once: within `one_reading()`, in this thread."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Found = TypeVar("Found")
_known: ContextVar[dict[Hashable, Any] | None] = ContextVar("known", default=None)


@contextmanager
def one_reading() -> Iterator[None]:
    """Keep what `once` finds until the block ends: a short run over many events."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def once(key: Hashable, read: Callable[[], Found]) -> Found:
    """Return what was read under this key in this block; outside of one, read it."""
    known = _known.get()
    if known is None:
        return read()
    if key not in known:
        known[key] = read()
    found: Found = known[key]
    return found
