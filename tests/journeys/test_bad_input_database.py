"""Our own database goes away while everything runs: said in one sentence, and nothing is lost."""

import contextlib
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.journeys.conftest import POSTGRES
from tests.journeys.quick import attach_quickly, messages, wait_for_accepted, wanted_of, written_of
from tests.journeys.stage import Stage, wait_until

pytestmark = pytest.mark.slow


def status_of(url: str, *, cookie: str = "") -> int:
    wanted = urllib.request.Request(url, headers={"Cookie": cookie})  # noqa: S310 - ours
    try:
        with urllib.request.urlopen(wanted, timeout=30) as answer:  # noqa: S310 - ours
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def said(stage: Stage, *words: str) -> str:
    """Run what cannot work now: one line on stderr, nothing else, exit code 1."""
    finished = stage.attempt(*words, EMAILKETING_LANGUAGE="en")
    assert (finished.returncode, finished.stdout) == (1, ""), finished
    (line,) = finished.stderr.splitlines()
    return line


@contextlib.contextmanager
def file_put_aside(stage: Stage) -> Iterator[None]:
    file = stage.home / "emailketing.sqlite3"
    aside = file.rename(file.with_suffix(".aside"))
    try:
        yield
    finally:
        assert not file.exists(), "nobody made an empty one in its place"
        aside.rename(file)


@contextlib.contextmanager
def server_refuses(stage: Stage) -> Iterator[None]:
    name = stage.database.rpartition("/")[2]
    with psycopg.connect(POSTGRES, autocommit=True) as root:

        def allow(*, connections: bool) -> None:
            order = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
            root.execute(order.format(sql.Identifier(name), sql.Literal(connections)))

        allow(connections=False)
        root.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        try:
            yield
        finally:
            allow(connections=True)


def a_day_without_our_database(
    stage: Stage, away: contextlib.AbstractContextManager[None], sentence: str
) -> None:
    attach_quickly(stage)
    with stage.serving() as log:
        first = stage.play()
        wait_for_accepted(stage, wanted_of(first).total())
        with away:
            wait_until(lambda: status_of(f"{stage.console}/readyz") == 503)
            assert status_of(f"{stage.console}/healthz") == 200
            assert status_of(stage.console, cookie="sessionid=somebody") == 503
            assert sentence in said(stage, "message", "list")
            assert sentence in said(stage, "serve", "--port", "1")
            second = stage.play()  # the business works on as if we did not exist
        wanted = wanted_of([*first, *second])
        assert wanted.total() > 10
        wait_until(lambda: status_of(f"{stage.console}/readyz") == 200)
        wait_for_accepted(stage, wanted.total())
    assert written_of(messages(stage)) == wanted
    check_log(log)


def check_log(log: Path) -> None:
    """What went wrong stands there in words, once, not every second, and without a traceback."""
    lines = log.read_text().splitlines()
    assert not [line for line in lines if "Traceback" in line or line.startswith("  File")]
    warned = Counter(line.partition("WARNING")[2] for line in lines if "WARNING" in line)
    assert warned
    assert max(warned.values()) <= 3, warned.most_common(3)


def test_the_file_is_put_aside_and_comes_back(stage: Stage) -> None:
    a_day_without_our_database(stage, file_put_aside(stage), "There is no database")


@pytest.mark.postgres
def test_the_server_refuses_us_and_takes_us_back(postgres_stage: Stage) -> None:
    a_day_without_our_database(postgres_stage, server_refuses(postgres_stage), "does not answer")
