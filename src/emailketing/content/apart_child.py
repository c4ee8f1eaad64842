"""The other end of `apart`: read a question, check and write the text out, answer; may die of it.

Started as `python -m emailketing.content.apart_child`; ends when its parent closes the pipe.
"""

import json
import os
import pickle
import resource
import sys
from pathlib import Path
from typing import BinaryIO

from emailketing.common.plain import Values
from emailketing.content.apart import LENGTH

MEMORY = 512 * 1024 * 1024  # bytes over what the program takes before the first question
CPU = 4  # seconds for one question
PAGE = os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    # whatever prints must not stand between the answers
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    import django

    django.setup()
    from emailketing.content.written_apart import answer_to

    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_AS, _size_now() + MEMORY)
    questions = sys.stdin.buffer
    while question := _read(questions):
        used = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + CPU)
        try:
            answer = answer_to(pickle.loads(question))  # noqa: S301 - our own parent wrote it
        except (MemoryError, RecursionError):
            return  # nothing here can be trusted any more
        _write(answers, answer)


def _limit(what: int, most: int) -> None:
    _soft, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(what, (most, hard))


def _size_now() -> int:
    """Return the address space in use; where the system does not tell, a generous guess."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * PAGE
    except OSError:
        return 2 * 1024 * 1024 * 1024


def _read(questions: BinaryIO) -> bytes:
    head = questions.read(LENGTH.size)
    return questions.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""


def _write(answers: BinaryIO, answer: Values) -> None:
    body = json.dumps(answer).encode()
    answers.write(LENGTH.pack(len(body)) + body)
    answers.flush()


if __name__ == "__main__":
    main()
