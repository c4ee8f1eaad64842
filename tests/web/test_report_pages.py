"""Reports in the console: the list, one of them and its runs, and what is done with it."""

from collections.abc import Callable
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from emailketing.accounts.models import AuditEntry
from emailketing.accounts.roles import OPERATOR, READER
from emailketing.outbox.models import Message
from emailketing.schedule.models import Run
from emailketing.triggers.reports.models import Report, ReportRun
from emailketing.triggers.reports.running.expire import expire_runs
from tests.triggers.reports.cast import messages
from tests.web import cast
from tests.web.reports import ReportDesk

SignIn = Callable[[str], Client]
BOSS = {"kind": "address", "value": "boss@shop.example", "language": "es"}


@pytest.fixture
def desk(db: None, tmp_path: Path, settings: Settings, now: datetime) -> ReportDesk:
    settings.HOME = tmp_path
    settings.ATTACHMENTS = tmp_path / "attachments"
    made = ReportDesk(tmp_path, now)
    cast.users()
    made.sell_yesterday(("Central", "ana", 100), ("Ñemby", "luis", 50))
    return made


def run_page(report: Report) -> str:
    return reverse("console:report_run", args=[report.pk])


def token_in(page: str) -> str:
    return page.partition('name="token" value="')[2].partition('"')[0]


def test_the_list_says_what_when_and_what_became_of_it(desk: ReportDesk, signed_in: SignIn) -> None:
    report = desk.report()
    by_hand = desk.report(name="Deuda", schedule={})
    desk.report(name="Otro", is_active=False)
    client = signed_in(OPERATOR)
    client.post(run_page(by_hand), {"token": "t1"})
    desk.work()
    page = client.get("/reports/").content.decode()
    assert "Sales of the day" in page
    assert "Ventas · Período: ayer" in page
    assert "Todos los días a las 07:00" in page
    assert "2 filas" in page
    assert "1 destinatario" in page
    assert run_page(report) in page
    assert "Otro" not in client.get("/reports/?state=on").content.decode()
    assert "Otro" in client.get("/reports/?state=paused").content.decode()
    found = client.get("/reports/?q=deu").content.decode()
    assert "Deuda" in found
    assert "Sales of the day" not in found


def test_columns_have_their_labels_before_the_first_run_and_are_asked_for_once(
    desk: ReportDesk, signed_in: SignIn
) -> None:
    own = {"column": "branch", "kind": "people", "people": {"Central": [BOSS]}}
    report, client = desk.report(rows_by=own), signed_in(OPERATOR)
    address = reverse("console:report", args=[report.pk])
    for _look in range(2):
        assert "valor de «Sucursal»" in unescape(client.get(address).content.decode())
        desk.cast.file.unlink(missing_ok=True)  # nobody asks the source a second time


def test_a_report_whose_last_day_is_over_has_ended(desk: ReportDesk, signed_in: SignIn) -> None:
    report = desk.report()
    Report.objects.filter(pk=report.pk).update(
        schedule=report.schedule | {"starts": "2020-01-01", "ends": "2020-02-01"}
    )
    assert "Sales" in signed_in(READER).get("/reports/?state=ended").content.decode()
    assert "Sales" not in signed_in(READER).get("/reports/?state=on").content.decode()


def test_p1_a_hand_made_run_is_one_however_often_its_form_is_sent(
    desk: ReportDesk, signed_in: SignIn
) -> None:
    report, client = desk.report(schedule={}), signed_in(OPERATOR)
    sent = {"token": token_in(client.get(run_page(report)).content.decode())}
    for _ in range(2):
        assert client.post(run_page(report), sent).status_code == 302
    assert Run.objects.filter(trigger=report.trigger).count() == 1


def test_p1_sent_today_already_it_asks_before_it_goes_out_again(
    desk: ReportDesk, signed_in: SignIn
) -> None:
    report, client = desk.report(schedule={}), signed_in(OPERATOR)
    client.post(run_page(report), {"token": "one"})
    desk.work()
    asked = client.get(run_page(report)).content.decode()
    assert "a una persona: ¿otra vez?" in asked
    refused = client.post(run_page(report), {"token": "two"})
    assert refused.status_code == 409
    assert "¿otra vez?" in refused.content.decode()
    client.post(run_page(report), {"token": "two", "again": "1"})
    assert Run.objects.filter(trigger=report.trigger).count() == 2


def test_only_to_me_writes_to_nobody_else(desk: ReportDesk, signed_in: SignIn) -> None:
    report, client = desk.report(schedule={}), signed_in(OPERATOR)
    client.post(reverse("console:report_send_me", args=[report.pk]), {"token": "me"})
    desk.work()
    assert [one.address for one in messages()] == ["operator@estacion.test"]


def test_the_page_tells_the_next_five_and_its_runs(desk: ReportDesk, signed_in: SignIn) -> None:
    report, client = desk.report(), signed_in(OPERATOR)
    client.post(run_page(report), {"token": "one"})
    desk.work()
    run = Run.objects.get(key="one")
    page = client.get(f"/reports/{report.pk}/").content.decode()
    assert page.count(" 07:00</li>") == 5
    runs = client.get(f"/reports/{report.pk}/runs/").content.decode()
    assert f"/runs/{run.pk}/" in runs
    assert "hx-get" not in runs  # nothing is open: it asks no more
    one = client.get(f"/runs/{run.pk}/").content.decode()
    told = Message.objects.get(dispatch__key__startswith=f"run:{run.pk}:")
    assert f'href="/messages/{told.pk}/"' in one
    file = client.get(f"/runs/{run.pk}/files/1/")
    assert b"Central" in b"".join(file)
    assert file.headers["Content-Disposition"].startswith("attachment;")
    assert client.get(f"/runs/{run.pk}/files/9/").status_code == 404
    listed = client.get("/runs/").content.decode()
    assert f'<a href="/reports/{report.pk}/">Sales of the day</a>' in listed
    ReportRun.objects.update(expires_at=desk.later)
    expire_runs(desk.later)
    assert client.get(f"/runs/{run.pk}/files/1/").status_code == 404
    assert "ya no están" in client.get(f"/runs/{run.pk}/").content.decode()


def test_an_open_run_is_stopped_from_its_report(desk: ReportDesk, signed_in: SignIn) -> None:
    report, client = desk.report(schedule={}), signed_in(OPERATOR)
    client.post(run_page(report), {"token": "one"})
    run = Run.objects.get()
    assert f"/runs/{run.pk}/cancel/" in client.get(f"/reports/{report.pk}/runs/").content.decode()
    gone = client.post(f"/runs/{run.pk}/cancel/")
    assert gone.headers["Location"] == f"/reports/{report.pk}/"


def test_pause_resume_and_delete(desk: ReportDesk, signed_in: SignIn) -> None:
    report, client = desk.report(), signed_in(OPERATOR)
    client.post(f"/reports/{report.pk}/switch/", {"on": "0"})
    report.refresh_from_db()
    assert not report.is_active
    Report.objects.filter(pk=report.pk).update(recipients=[])
    said = client.post(f"/reports/{report.pk}/switch/", {"on": "1"}, follow=True)
    assert "al menos un destinatario" in said.content.decode()
    client.post(f"/reports/{report.pk}/delete/")
    assert not Report.objects.exists()


PATHS = {"switch": "post", "run": "get", "send-me": "get", "delete": "get"}


@pytest.mark.parametrize("path", PATHS)
def test_who_only_looks_may_do_nothing(path: str, desk: ReportDesk, signed_in: SignIn) -> None:
    report, client = desk.report(), signed_in(READER)
    noted = AuditEntry.objects.count()
    page = f"/reports/{report.pk}/{path}/"
    assert client.post(page, {"token": "x", "on": "0"}).status_code == 403
    if PATHS[path] == "get":
        assert client.get(page).status_code == 403
        assert signed_in(OPERATOR).get(page).status_code == 200
    for seen in ("/reports/", f"/reports/{report.pk}/"):
        assert page not in client.get(seen).content.decode()
    assert AuditEntry.objects.count() == noted
    assert Client().get(page).status_code == 302
