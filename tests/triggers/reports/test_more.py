"""What a run says besides: late, compared, new; how it is cancelled; how it ends on the disk."""

import io
import threading
from datetime import timedelta
from secrets import token_urlsafe

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from emailketing.accounts.who import Who
from emailketing.channels.invalid import SenderInvalid
from emailketing.channels.senders import save_sender
from emailketing.channels.tried import fingerprint
from emailketing.content.store import get
from emailketing.schedule.models import Run
from emailketing.schedule.work import LEASE, MOST_ATTEMPTS, cancel_run, claim
from emailketing.triggers.reports.definition.save import ReportInvalid
from emailketing.triggers.reports.models import ReportRun
from emailketing.triggers.reports.running.expire import disk_use, expire_runs
from emailketing.triggers.reports.running.read import run_folder
from emailketing.triggers.reports.running.run_report import run_report
from emailketing.triggers.reports.running.work import RunWork, work_off
from tests.far_side import far_side
from tests.outbox import cast as outbox
from tests.triggers.reports.cast import NOW, ReportCast, messages, rows_in

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def view_of(number: int = 0) -> dict[str, list[str]]:
    found = messages()[number].dispatch.data["report"]["in_language"]["en"]
    assert isinstance(found, dict)
    return found


@pytest.mark.django_db
def test_p4_what_comes_late_says_so(cast: ReportCast) -> None:
    cast.sell(("Central", "ana", 100))
    report = cast.report()
    cast.run(report, NOW + 2 * HOUR)
    late = "Late by 2 h 0 min: it was planned for Monday, November 30, 2026 07:00."
    assert late in view_of()["notes"]
    assert late in view_of()["text"]


@pytest.mark.django_db
def test_p10_figures_stand_against_the_period_before(cast: ReportCast) -> None:
    cast.sell(("Central", "ana", 150))
    cast.sell(("Central", "ana", 100), day="2026-11-28")
    cast.run(cast.report(compare="before"))
    (figure,) = view_of()["figures"]
    assert figure["arrow"] == "▲"  # type: ignore[index]
    assert "50" in figure["words"]  # type: ignore[index]


@pytest.mark.django_db
def test_rows_that_the_run_before_did_not_have_are_marked(cast: ReportCast) -> None:
    cast.sell(("Central", "ana", 100))
    report = cast.report(only_changed=True, values={"period": "this_month"})
    cast.by_hand(report, "a")
    cast.sell(("Luque", "eva", 7))
    cast.by_hand(report, "b")
    assert [row[0] for row in rows_in(messages()[-1])] == ["Central", "Luque (new)"]


@pytest.mark.django_db
def test_a_cancelled_run_ends_and_its_readers_hear_nothing(cast: ReportCast) -> None:
    cast.sell(("Central", "ana", 100))
    run = cast.planned(cast.report())
    claimed = claim("one", kind="report", now=NOW)
    assert claimed is not None
    cancel_run(run, by=Who("ana"), now=NOW)
    run_report(claimed, clock=lambda: NOW)
    run.refresh_from_db()
    assert (run.state, run.in_words) == (Run.State.FAILED, "Cancelled; messages written before: 0.")
    assert messages() == []


@pytest.mark.django_db
def test_a_worker_that_ends_gives_its_run_back(cast: ReportCast) -> None:
    cast.sell(("Central", "ana", 100))
    report = cast.report()
    run = cast.planned(report)
    claimed = claim("one", kind="report", now=NOW)
    assert claimed is not None
    run_report(claimed, clock=lambda: NOW, on_unwanted=lambda end: end())
    run.refresh_from_db()
    assert (run.state, run.attempts) == (Run.State.PLANNED, 0)
    work_off("two", lambda: NOW)
    assert len(messages()) == 1


@pytest.mark.django_db
def test_p6_a_run_that_workers_died_of_is_told_once(cast: ReportCast) -> None:
    run, now = cast.planned(cast.report()), NOW
    for _ in range(MOST_ATTEMPTS):
        assert claim("one", kind="report", now=now) is not None
        now += LEASE
    for _ in range(2):
        RunWork("two", lambda: now, threading.Event()).turn()  # noqa: B023
        now += 2 * LEASE
    run.refresh_from_db()
    assert run.state == Run.State.FAILED
    (told,) = messages()
    assert "5 workers ended" in told.dispatch.data["document"]["notes"]


@pytest.mark.django_db
def test_rows_and_files_go_when_their_days_are_over(cast: ReportCast) -> None:
    cast.sell(("Central", "ana", 100))
    run = cast.run(cast.report(keep_days=30, files=["csv"]))
    assert run_folder(run.pk).is_dir()
    assert disk_use().runs == 1
    assert disk_use().bytes > 1000
    assert expire_runs(NOW + 29 * DAY) == 0
    assert expire_runs(NOW + 31 * DAY) == 1
    assert not run_folder(run.pk).exists()
    assert not ReportRun.objects.get().is_kept
    assert len(messages()) == 1
    assert Run.objects.filter(pk=run.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_x6_from_the_hour_to_the_readers_mailbox(cast: ReportCast) -> None:
    cast.sell(("Central", "ana", 1_250_000), ("Ñemby", "luis", 50))
    with far_side() as far:
        cast.sender.port, cast.sender.security = far.port, "plain"
        cast.sender.save()
        cast.run(cast.report(files=["xlsx"]))
        (message,) = messages()
        with outbox.engine(outbox.Clock(NOW)):
            outbox.wait_for_state(message, "accepted")
        (mail,) = far.received
    assert b"Sales_of_the_day" in mail.content
    assert b"Sales-of-the-day_2026-11-29.xlsx" in mail.content
    assert b"1,250,000" in mail.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seller", "limit", "names", "said"),
    [
        ("ana" * 130, "", ["csv"], ""),  # 10 MB unless somebody says
        ("ana" * 130, "1", ["zip"], ""),
        ("", "1", [], "is too large for a mail"),
        ("", "3", ["csv"], ""),
    ],
)
def test_issue_9_the_limit_is_the_senders(
    cast: ReportCast, seller: str, limit: str, names: list[str], said: str
) -> None:
    cast.sell(*(("Central", seller or token_urlsafe(300), 1) for _row in range(4_000)))
    cast.sender.options = {"attachments_mb": limit} if limit else {}
    save_sender(cast.sender, by="t", now=NOW)
    cast.run(cast.report(files=["csv"]))
    files = messages()[0].dispatch.attachments.values_list("file_name", flat=True)
    assert [name.rpartition(".")[2] for name in files] == names
    assert said in " ".join(view_of()["notes"])


@pytest.mark.django_db
@pytest.mark.parametrize("limit", ["0", "101", "ten"])
def test_a_limit_that_is_none_is_refused(cast: ReportCast, limit: str) -> None:
    cast.sender.options = {"attachments_mb": limit}
    with pytest.raises(SenderInvalid):
        save_sender(cast.sender, by="t", now=NOW)


@pytest.mark.django_db
def test_a_limit_says_nothing_of_the_connection(cast: ReportCast) -> None:
    tried = fingerprint(cast.sender)
    cast.sender.options = {"attachments_mb": "25"}
    assert fingerprint(cast.sender) == tried


@pytest.mark.django_db
def test_issue_9_subtotals_by_group_are_asked_for_by_a_report(cast: ReportCast) -> None:
    cast.sell(("Central", "ana", 5), ("Luque", "eva", 1), ("Central", "luis", 2))
    cast.run(cast.report(files=["pdf", "xlsx"], group_by="branch"))
    pdf, xlsx = messages()[0].dispatch.attachments.order_by("file_name")
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(get(pdf.sha256))).pages)
    assert words.count("Subtotal") == 2
    assert "Branch: Central" in words
    sheet = load_workbook(io.BytesIO(get(xlsx.sha256)), data_only=True).worksheets[0]
    assert [row[-1].value for row in sheet.iter_rows(min_row=2)] == [5, 2, 7, 1, 1, 8]


@pytest.mark.django_db
def test_a_group_that_is_no_column_is_refused(cast: ReportCast) -> None:
    with pytest.raises(ReportInvalid, match="no column “shop”"):
        cast.report(group_by="shop")
