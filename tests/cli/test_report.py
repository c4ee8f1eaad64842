"""`emailketing report …`, as an operator types them."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from emailketing.cli.show import clock
from emailketing.outbox.models import Message
from emailketing.schedule.models import Run
from emailketing.triggers.reports.models import Report
from emailketing.triggers.reports.running.work import work_off
from tests.cli.test_sender_message import run
from tests.triggers.reports.cast import ReportCast

pytestmark = pytest.mark.django_db
ADD = (
    "report",
    "add",
    "Ventas",
    "--listing",
    "shop.sales",
    "--param",
    "period=2026-11-29..2026-11-29",
)
DAILY = ("--every", "working-day", "--at", "07:00", "--to", "jefa@shop.example")


@pytest.fixture
def cast(tmp_path: Path, settings: Settings) -> ReportCast:
    settings.HOME = tmp_path
    settings.ATTACHMENTS = tmp_path / "attachments"
    return ReportCast(tmp_path)


def test_a_report_is_made_shown_changed_run_and_deleted(cast: ReportCast) -> None:
    cast.sell(("Central", "ana", 100))
    said = run(*ADD, *DAILY, "--files", "xlsx,csv", "--active").output
    assert "Todos los días hábiles a las 07:00." in said
    assert said.count("07:00") == 6  # the sentence, and the next five runs
    report = Report.objects.get()
    assert (report.files, report.values["period"]) == (["xlsx", "csv"], "2026-11-29..2026-11-29")
    assert "shop.sales" in run("report", "list").output
    run("report", "set", str(report.pk), "at=18:30", "order=total:desc", "only-if=total gt 5")
    report.refresh_from_db()
    assert report.schedule["times"] == ["18:30"]
    assert report.order == [["total", True]]
    assert report.only_if == {"column": "total", "of": "total", "op": "gt", "value": "5"}
    shown = run("report", "show", str(report.pk)).output
    assert "18:30" in shown
    assert not [raw for raw in ("{'", "['", "False", "FREQ") if raw in shown]
    seen = run("report", "preview", str(report.pk), "--folder", str(cast.file.parent / "seen"))
    assert "Ventas" in seen.output
    assert {"mail.html", "mail.txt"} < {f.name for f in (cast.file.parent / "seen").iterdir()}
    run("report", "run", str(report.pk))
    work_off("one", clock)
    assert Message.objects.get().address == "jefa@shop.example"
    assert "enviado" in run("report", "runs", str(report.pk)).output
    assert "otra vez" in run("report", "run", str(report.pk), code=1).output.lower()
    run("report", "run", str(report.pk), "--again")
    run("report", "cancel", str(Run.objects.latest("pk").pk))
    run("report", "pause", str(report.pk))
    assert not Report.objects.get().is_active
    run("report", "resume", str(report.pk))
    run("report", "delete", str(report.pk), "--yes")
    assert not Report.objects.exists()


def test_x6_each_manager_his_branch(cast: ReportCast) -> None:
    cast.sell(("Central", "ana", 100), ("Ñemby", "luis", 50))
    people = ("--person", "Central=c@shop.example", "--person", "Ñemby=n@shop.example")
    run(*ADD, "--rows-by", "branch", *people, "--active")
    run("report", "run", str(Report.objects.get().pk))
    work_off("one", clock)
    assert {"c@shop.example", "n@shop.example"} < set(
        Message.objects.values_list("address", flat=True)
    )


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--every", "daily"), "working-day"),
        (("--every", "day", "--at", "25:00"), "25:00"),
        (("--param", "branches=1"), "branches"),
        (("--param", "period=someday"), "someday"),
        (("--files", "docx"), "docx"),
        (("--figures", "seller"), "seller"),
        (("--order", "gone:desc"), "gone"),
        (("--only-if", "total above 3"), "gt"),
        (("--chart", "pie:branch:total"), "pie"),
        (("--rows-by", "gone:address"), "gone"),
        (("--rows-by", "branch:contact:fleets"), "fleets"),
        (("--also", "columns=branch,gone"), "gone"),
        (("--to", "party:orders"), "documento"),
        (("--owner", "nobody"), "nobody"),
        (("--zone", "Luna/Mar"), "Luna/Mar"),
        (("--every", "week", "--on", "sun", "--free-day", "skip"), "nunca"),
    ],
)
def test_what_cannot_be_is_one_clear_sentence(
    cast: ReportCast, words: tuple[str, ...], named: str
) -> None:
    said = run(*ADD, *DAILY, *words, code=1).output.strip()
    assert named in said
    assert len(said.splitlines()) == 1
    assert not Report.objects.exists()


def test_a_ready_report_is_listed_and_taken_with_one_command(cast: ReportCast) -> None:
    cast.sell(("Central", "ana", 84_300_000))
    with (cast.connector / "connector.toml").open("a") as file:
        file.write(READY)
    assert "shop.sales" in run("report", "ready").output
    said = run("report", "add", "--from", "sales", "--at", "06:30", "--to", "jefa@shop.example")
    assert "Sales of the day" in said.output  # the company's language
    assert "Todos los días a las 06:30." in said.output
    report = Report.objects.get()
    assert (report.schedule["times"], report.is_active) == (["06:30"], False)
    assert report.values == {"period": "2026-11-29..2026-11-29"}
    run("report", "set", str(report.pk), "delivery=both")
    seen = run("report", "preview", str(report.pk)).output
    assert "Vendido 29/11: Gs. 84,3 M." in seen
    wrong = run("report", "set", str(report.pk), "phone=es:Vendido {ventas}", code=1).output
    assert "ventas" in wrong
    assert "total" in wrong
    assert "nada" in run("report", "add", "--from", "nada", code=1).output
    assert "--from" in run("report", "add", "Ventas", code=1).output


READY = """
[reports.sales]
label = { es = "Ventas del día", en = "Sales of the day", pt = "Vendas do dia" }
phone = { es = "Vendido {when}: {total}{total+}.", en = "{total}", pt = "{total}" }
values = { period = "2026-11-29..2026-11-29" }
every = "day"
files = ["pdf"]
roles = ["Gerencia"]
"""
