"""What stays the same for a moment is read once: within `one_reading()`, in this thread."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Found = TypeVar("Found")
_known: ContextVar[dict[Hashable, Any] | None] = ContextVar("known", default=None)


@contextmanager
def one_reading() -> Iterator[None]:
    """Keep what `once` finds until the outermost block ends: a short run over many events."""
    if _known.get() is not None:
        yield
        return
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


def keep(key: Hashable, found: Any) -> None:
    """Let `once` know what was found already; outside of a block nothing is kept."""
    known = _known.get()
    if known is not None:
        known[key] = found
