"""Text that somebody is writing is tried in a process of its own, which may die of it (S9).

One process is kept and asked again and again; one that died, took too long or grew too big is
ended, and the next question gets a new one. What came through is safe to be written out by ours.
"""

import json
import logging
import os
import pickle
import selectors
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import IO, Any

logger = logging.getLogger(__name__)

LENGTH = struct.Struct(">Q")  # before each question and each answer
LONGEST = 20.0  # seconds of one question; the process's own limit is in seconds of work
LONGEST_START = 60.0  # a machine under load starts a process slowly
LONGEST_WAIT = 30.0  # for those before us
MOST_ANSWER = 50_000_000  # bytes


class GaveUp(Exception):
    """The text asked for more work or memory than a text may."""


@dataclass
class _Helper:
    process: "subprocess.Popen[bytes]"
    owner: int  # a fork of ours must not read our answers
    is_new: bool = True

    def ask(self, question: bytes) -> dict[str, Any]:
        until = time.monotonic() + LONGEST + (LONGEST_START if self.is_new else 0)
        _pipe(self.process.stdin).write(LENGTH.pack(len(question)) + question)
        _pipe(self.process.stdin).flush()
        length = LENGTH.unpack(self._read(LENGTH.size, until))[0]
        if length > MOST_ANSWER:
            raise GaveUp
        answer: dict[str, Any] = json.loads(self._read(length, until))
        self.is_new = False
        return answer

    def _read(self, count: int, until: float) -> bytes:
        pipe, found = _pipe(self.process.stdout), b""
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while len(found) < count:
                if not selector.select(max(until - time.monotonic(), 0)):
                    raise GaveUp
                more = os.read(pipe.fileno(), count - len(found))
                if not more:
                    raise GaveUp
                found += more
        return found

    def end(self) -> None:
        self.process.kill()
        code = self.process.wait()
        logger.warning("a text that was being written was given up; its process ended: %s", code)
        for pipe in (self.process.stdin, self.process.stdout):
            _close(pipe)


_lock = threading.Lock()
_kept: list[_Helper] = []


def ask_apart(question: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of the process that tries texts.

    Raises:
        GaveUp: it died of the question, or did not answer in time.
    """
    if not _lock.acquire(timeout=LONGEST_WAIT):
        raise GaveUp
    try:
        helper = _helper()
        try:
            return helper.ask(pickle.dumps(question))
        except (GaveUp, OSError, ValueError) as error:
            _kept.clear()
            helper.end()
            raise GaveUp from error
    finally:
        _lock.release()


def _helper() -> _Helper:
    """Return the kept process, or a new one when there is none that lives."""
    if _kept and _kept[0].owner == os.getpid() and _kept[0].process.poll() is None:
        return _kept[0]
    _kept[:] = [_Helper(_started(), os.getpid())]
    return _kept[0]


def _started() -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "emailketing.content.apart_child"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise GaveUp
    return pipe


def _close(pipe: IO[bytes] | None) -> None:
    try:
        if pipe is not None:
            pipe.close()
    except OSError:  # what was still to be written to a dead process
        logger.debug("its pipe was closed already")
