"""What all slots of an account share: opened by the first to come, closed by the last to leave."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, Protocol, TypeVar
from weakref import WeakKeyDictionary


class Opened(Protocol):
    """Something with an end."""

    @property
    def is_open(self) -> bool: ...

    async def close(self) -> None: ...


A = TypeVar("A", bound=Hashable)
T = TypeVar("T", bound=Opened)


class Shared(Generic[T]):
    """One opened thing, and how many use it."""

    def __init__(self, opening: Awaitable[T]) -> None:
        self._opening = asyncio.ensure_future(opening)
        self._users = 0

    @property
    def is_usable(self) -> bool:
        """Whether somebody may still come: it is being opened, or open."""
        if not self._opening.done():
            return True
        return not self._has_failed and self._opening.result().is_open

    async def enter(self) -> T:
        """Return it, waiting together with whoever else waits; raises what opening it raises."""
        self._users += 1
        try:
            return await asyncio.shield(self._opening)
        except BaseException:
            await self.leave()
            raise

    async def leave(self) -> None:
        self._users -= 1
        if self._users:
            return
        if not self._opening.done():
            self._opening.cancel()
        elif not self._has_failed:
            await self._opening.result().close()

    @property
    def _has_failed(self) -> bool:
        return self._opening.cancelled() or self._opening.exception() is not None


class Sharing(Generic[A, T]):
    """The shared things by account; each event loop has its own."""

    def __init__(self, open_one: Callable[[A], Awaitable[T]]) -> None:
        self._open_one = open_one
        self._by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[A, Shared[T]]] = (
            WeakKeyDictionary()
        )

    def of(self, account: A) -> Shared[T]:
        """Return what is there for this account; what has ended is opened anew."""
        known = self._by_loop.setdefault(asyncio.get_running_loop(), {})
        shared = known.get(account)
        if not shared or not shared.is_usable:
            shared = known[account] = Shared(self._open_one(account))
        return shared
