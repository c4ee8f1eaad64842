"""Read what a server says: reply lines, enhanced codes (RFC 3463), “try again in N minutes”."""

import re
from datetime import timedelta

from emailketing.channels.base import Reply

LONGEST = 32_000  # bytes of one reply: a server that never ends a line must not fill the memory
_ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})\b\s*")
_WAIT = re.compile(
    r"(?:\bin|\bafter|\bwait)\D{0,20}?(\d{1,5})\s*(s|sec|second|m|min|minute|h|hour)s?\b",
    re.IGNORECASE,
)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}


class Nonsense(Exception):
    """What came is not SMTP."""


def enhanced_code(text: str) -> str:
    """Return the enhanced status code that begins the text, or nothing."""
    found = _ENHANCED.match(text)
    return found.group(1) if found else ""


def retry_after(text: str) -> timedelta | None:
    """Return the wait a server asks for in words: “try again in 300 seconds” (R14)."""
    found = _WAIT.search(text)
    if not found:
        return None
    return timedelta(**{_UNITS[found.group(2)[0].lower()]: int(found.group(1))})


class ReplyReader:
    """Turns bytes into replies; a reply of several lines counts once."""

    def __init__(self) -> None:
        self._buffer = b""
        self._lines: list[str] = []

    def feed(self, data: bytes) -> list[Reply]:
        """Return the replies that are complete now.

        Raises:
            Nonsense: this is not SMTP.
        """
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        replies = []
        for line in lines:
            code, text = _parted(line)
            self._lines.append(text)
            if line[3:4] != b"-":
                replies.append(_reply(code, self._lines))
                self._lines = []
        if len(self._buffer) + sum(map(len, self._lines)) > LONGEST:
            raise Nonsense
        return replies


def _parted(line: bytes) -> tuple[int, str]:
    if not (line[:3].isdigit() and line[3:4] in b" -\r"):
        raise Nonsense
    return int(line[:3]), line[4:].decode("utf-8", "replace").strip()


def _reply(code: int, lines: list[str]) -> Reply:
    enhanced = enhanced_code(lines[0])
    if enhanced:
        lines = [_ENHANCED.sub("", line, count=1) for line in lines]
    return Reply(code, enhanced, " ".join(lines).replace("\0", "")[:500])
