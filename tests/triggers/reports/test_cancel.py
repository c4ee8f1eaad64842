"""P5: what nobody wants any more ends at the server of the business, not only here."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connections
from django.test import Client

from emailketing.accounts.models import User
from emailketing.accounts.roles import ADMINISTRATOR
from emailketing.schedule.models import Run
from emailketing.triggers.reports.running.work import RunWork
from tests.cli.test_sender_message import run as type_in
from tests.outbox.cast import wait_until
from tests.triggers.reports.cast import NOW, ReportCast, messages
from tests.triggers.reports.slow import SlowBusiness
from tests.web import cast as web

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
SOON = 20  # seconds; the reading takes sixty
Cancel = Callable[[Run], None]


def by_page(run: Run) -> None:
    web.users()
    client = Client()
    client.force_login(User.objects.get(username=ADMINISTRATOR))
    assert client.post(f"/runs/{run.pk}/cancel/").status_code == 302


def by_command(run: Run) -> None:
    assert type_in("schedule", "cancel", str(run.pk)).exit_code == 0


@contextmanager
def a_worker() -> Iterator[threading.Event]:
    """Do one run beside the test; the event ends the worker."""
    stop = threading.Event()

    def work() -> None:
        try:
            RunWork("one", lambda: NOW, stop).turn()
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(SOON)
    assert not thread.is_alive()


@pytest.mark.parametrize("cancel", [by_page, by_command])
def test_p5_a_cancelled_run_ends_its_query_at_the_server_and_sends_nothing(
    cast: ReportCast, postgres_database: str, cancel: Cancel
) -> None:
    business = SlowBusiness(cast, postgres_database)
    run = cast.planned(cast.report())
    with a_worker():
        wait_until(business.is_read, SOON)
        cancel(run)
        wait_until(lambda: not business.is_read(), SOON)
        wait_until(lambda: Run.objects.filter(pk=run.pk, state=Run.State.FAILED).exists(), SOON)
    run.refresh_from_db()
    assert run.in_words == "Cancelled; messages written before: 0."
    assert messages() == []


def test_p5_a_worker_that_ends_leaves_no_query_behind_and_its_run_to_the_next(
    cast: ReportCast, postgres_database: str
) -> None:
    business = SlowBusiness(cast, postgres_database)
    run = cast.planned(cast.report())
    with a_worker() as stop:
        wait_until(business.is_read, SOON)
        stop.set()
        wait_until(lambda: not business.is_read(), SOON)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (Run.State.PLANNED, 0)
