"""The ledger's own thread: the engine's statements run there, one after another.

Marks and results are written in groups; to a server from the event loop, in the same order.

While one commit is on its way to the disk the next group gathers by itself: one message alone waits
for nobody, and at full speed one commit serves all connections.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from django.db import DatabaseError, connections
from django.utils import translation

from emailketing.common.own_database import database_sentence
from emailketing.common.own_dialect import is_a_file
from emailketing.outbox.job import Job
from emailketing.outbox.sending.faults import reach
from emailketing.outbox.sending.settle import (
    CommitGroup,
    Result,
    commit_group,
    has_consequences,
    queue_of,
    writings_of,
)

if TYPE_CHECKING:
    from emailketing.outbox.sending.server_line import ServerLine

logger = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
JOINING, LONGEST_JOINING = 0.3, 0.003  # share of the last commit's time, seconds
RETRY_AFTER = 1.0  # seconds, when the database is away and results wait to be written


class Ledger:
    """The asynchronous face of the ledger, for the engine's event loop."""

    def __init__(self, clock: Callable[[], datetime], language: str) -> None:
        self._clock = clock
        self._language = language
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._server = _server_line()
        self._alone = asyncio.Lock()  # of thread and server: one at a time, and in their order
        self._group = CommitGroup()
        self._answers: list[asyncio.Future[bool]] = []
        self._news = asyncio.Event()
        self._is_closing = False
        self._last = 0, 0.0  # marks and seconds of the last commit
        self._pump = asyncio.create_task(self._commit_for_ever())

    async def do(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run any other piece of database work in the thread."""

        def run() -> T:
            try:
                with translation.override(self._language):
                    return work(*args, **kwargs)
            except DatabaseError:
                connections.close_all()  # the next piece of work gets a new connection
                raise

        async with self._alone:
            return await asyncio.get_running_loop().run_in_executor(self._thread, run)

    @property
    def is_alive(self) -> bool:
        """Whether commits are still being made; if not, the engine has to end and begin again."""
        return not self._pump.done()

    async def mark(self, job: Job) -> bool:
        """Commit `transmitting`; False: the claim was lost or a brake was pulled, send no dot."""
        reach("before_mark")
        if not self.is_alive:
            return False
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._group.marks.append(job)
        self._answers.append(answer)
        self._news.set()
        holds = await answer
        reach("before_dot")
        return holds

    def settle(self, result: Result) -> None:
        """Have a result written with the next commit; a database that is away is waited for."""
        self._group.results.append(result)
        self._news.set()

    async def close(self) -> None:
        """Write what is left, then end the thread and its connection."""
        self._is_closing = True
        self._news.set()
        await asyncio.wait([self._pump])
        if self._server is not None:
            await self._server.close()
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown()

    async def _commit_for_ever(self) -> None:
        try:
            while not self._is_closing or self._group.marks or self._group.results:
                await self._news.wait()
                self._news.clear()
                await self._let_others_join()
                await self._commit()
        except Exception:
            logger.exception("The ledger's commits have ended")
            raise
        finally:
            _answer(self._group.marks, self._answers, set())

    async def _let_others_join(self) -> None:
        """At full speed wait a moment: whoever was answered just now is back before the disk is."""
        marks, seconds = self._last
        if marks > 1 and not self._is_closing:
            await asyncio.sleep(min(seconds * JOINING, LONGEST_JOINING))

    async def _commit(self) -> None:
        group, self._group = self._group, CommitGroup()
        answers, self._answers = self._answers, []
        if not group.marks and not group.results:
            return
        loop = asyncio.get_running_loop()
        marked: set[int] = set()
        began = loop.time()
        try:
            marked = await self._write(group)
        except DatabaseError as error:
            logger.warning("%s", database_sentence(error))
            self._group.results[:0] = group.results  # what we know must not be lost
            loop.call_later(RETRY_AFTER, self._news.set)
        else:
            if group.results:
                reach("after_commit")
        finally:
            _answer(group.marks, answers, marked)
        self._last = len(group.marks), loop.time() - began

    async def _write(self, group: CommitGroup) -> set[int]:
        """Write a group, on a server from here; what has consequences goes the thread's way."""
        if self._server is None or has_consequences(group):
            return await self.do(commit_group, group, now=self._clock())
        async with self._alone:
            writings = writings_of(group, now=self._clock())
            return (await self._server.write(*writings, beside=queue_of(group)))[0]


def _server_line() -> "ServerLine | None":
    if is_a_file():
        return None
    from emailketing.outbox.sending.server_line import ServerLine  # needs the server's driver

    return ServerLine()


def _answer(jobs: list[Job], answers: list[asyncio.Future[bool]], marked: set[int]) -> None:
    for job, answer in zip(jobs, answers, strict=True):
        if not answer.done():
            answer.set_result(job.id in marked)
