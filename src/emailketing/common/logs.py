"""Log lines for people: one line each, and never an address, a text or a secret (S22).

What an exception says may quote a row or a mail; so a traceback here shows where and of which kind,
not what.
"""

import logging
import time
import traceback
from types import TracebackType
from typing import TypeAlias

_ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class LineFormatter(logging.Formatter):
    """Format like its parent, but leave out the words of exceptions."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - the name logging asks for
        error = ei[1]
        parts: list[str] = []
        while error is not None:
            kind = type(error)
            frames = "".join(traceback.format_tb(error.__traceback__))
            parts.append(f"{frames}{kind.__module__}.{kind.__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\ncaused by:\n".join(parts)


class RefusalsInOneLine(logging.Filter):
    """What a stranger sent and Django refused is one line, without his words (S22)."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security."):
            kind = record.name.rpartition(".")[2]
            record.msg, record.args = f"A request was refused: {kind}", ()
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        return True


class SayOnce(logging.Filter):
    """Leave out a warning that was just given: a database that is away is tried every second."""

    AGAIN_AFTER = 60.0  # seconds
    MOST = 100

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno != logging.WARNING:
            return True
        text, now = f"{record.name}: {record.getMessage()}", time.monotonic()
        if now - self._said.get(text, now - self.AGAIN_AFTER) < self.AGAIN_AFTER:
            return False
        if len(self._said) >= self.MOST:
            self._said.clear()
        self._said[text] = now
        return True
