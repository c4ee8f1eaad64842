"""At most so many messages a second: who wants to send takes a number and waits (R18)."""

import asyncio


class Pace:
    """One sender's messages a second; None: as fast as it goes."""

    def __init__(self, per_second: int | None) -> None:
        self.per_second = per_second
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for this message's turn."""
        if not self.per_second:
            return
        loop = asyncio.get_running_loop()
        mine = max(loop.time(), self._next)
        self._next = mine + 1 / self.per_second
        if (wait := mine - loop.time()) > 0:
            await asyncio.sleep(wait)
