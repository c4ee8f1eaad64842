"""A report from its hour to the ledger: once, from one read, and said when it cannot be."""

from datetime import timedelta

import pytest

from emailketing.accounts.models import User
from emailketing.accounts.roles import OPERATOR, ensure_roles
from emailketing.accounts.who import Who
from emailketing.company.models import ProgramError
from emailketing.outbox.queueing.write_out import write_out
from emailketing.schedule.models import Run
from emailketing.triggers.reports.definition.save import pause_report
from emailketing.triggers.reports.models import Report, ReportRun
from emailketing.triggers.reports.running.read import kept_file
from tests.triggers.reports.cast import NOW, ReportCast, messages, rows_in

pytestmark = pytest.mark.django_db
State = Run.State


def test_p1_its_hour_comes_and_it_goes_out_once(cast: ReportCast) -> None:
    cast.sell(("Central", "ana", 100), ("Ñemby", "luis", 50))
    report = cast.report(files=["pdf", "xlsx", "csv"])
    run = cast.run(report)
    assert (run.state, run.rows, run.messages, run.in_words) == (State.SENT, 2, 1, "")
    assert run.bytes > 0
    assert cast.run(report, NOW + timedelta(minutes=5)).pk == run.pk
    (message,) = messages()
    assert rows_in(message) == [["Central", "ana", "100"], ["Ñemby", "luis", "50"]]
    assert [file.file_name for file in message.dispatch.attachments.order_by("pk")] == [
        f"Sales-of-the-day_2026-11-29.{kind}" for kind in ("pdf", "xlsx", "csv")
    ]


def test_p2_a_run_caught_up_two_days_later_is_about_its_own_day(cast: ReportCast) -> None:
    cast.sell(("Central", "ana", 100))
    cast.sell(("Central", "ana", 7), day="2026-12-01")
    report = cast.report()
    run = cast.planned(report)
    cast.run(report, NOW + timedelta(hours=3))
    run.refresh_from_db()
    assert rows_in(messages()[0]) == [["Central", "ana", "100"]]
    assert run.late_by is not None


def test_without_rows_nothing_goes_out_and_the_log_says_so(cast: ReportCast) -> None:
    run = cast.run(cast.report())
    assert (run.state, run.in_words, messages()) == (State.EMPTY, "The listing has no rows.", [])


def test_or_it_says_that_there_is_nothing_to_report(cast: ReportCast) -> None:
    assert cast.run(cast.report(when_empty="send")).state == State.SENT
    view = messages()[0].dispatch.data["report"]["in_language"]["en"]
    assert view["more"] == "There is nothing to report."


@pytest.mark.parametrize(
    ("value", "of", "state"),
    [
        ("149", "total", "sent"),
        ("150", "total", "empty"),
        ("99", "any", "sent"),
        ("100", "any", "empty"),
    ],
)
def test_only_when_a_figure_crosses_a_line(
    cast: ReportCast, value: str, of: str, state: str
) -> None:
    cast.sell(("Central", "ana", 100), ("Ñemby", "luis", 50))
    only_if = {"column": "total", "of": of, "op": "gt", "value": value}
    assert cast.run(cast.report(only_if=only_if)).state == state


def test_only_when_something_changed_since_the_last_run(cast: ReportCast) -> None:
    cast.sell(("Central", "ana", 100))
    report = cast.report(only_changed=True, values={"period": "this_month"})
    assert cast.by_hand(report, "a").state == State.SENT
    assert cast.by_hand(report, "b").in_words == "Nothing changed since the last run."
    cast.sell(("Central", "ana", 1))
    assert cast.by_hand(report, "c").state == State.SENT


def test_p7_what_a_worker_read_who_died_is_not_read_again(cast: ReportCast) -> None:
    cast.sell(("Central", "ana", 100))
    report = cast.report()
    run = cast.planned(report)
    cast.run(report)
    assert ReportRun.objects.get(run=run).is_kept
    Run.objects.filter(pk=run.pk).update(state=State.RUNNING)
    cast.sell(("Central", "ana", 5))
    again = cast.run(report, NOW + timedelta(minutes=9))
    assert (again.state, again.rows, again.messages) == (State.SENT, 1, 1)
    assert len(messages()) == 1


def test_p6_a_failed_run_is_told_to_its_owner_only_once_and_why(cast: ReportCast) -> None:
    user = operator()
    cast.sell(("Central", "ana", 100))
    report = cast.report(by=Who("olga", user))
    (cast.connector / "sales.sql").write_text("SELECT branch FROM gone")
    run = cast.run(report)
    assert run.state == State.FAILED
    assert "gone" in run.in_words
    (told,) = messages()
    assert told.address == "olga@shop.example"
    notes = told.dispatch.data["document"]["notes"]
    assert "gone" in notes
    assert "It runs again on Tuesday, December 1, 2026 07:00." in notes
    assert not kept_file(run.pk).exists()


def test_p6_an_error_in_the_program_ends_the_run_and_is_told_at_once(cast: ReportCast) -> None:
    cast.sell(("Central", "ana", 100))
    report = cast.report(by=Who("olga", operator()))
    Report.objects.update(mail_class="x")  # as no report is saved
    run = cast.run(report)
    assert (run.state, run.attempts) == (State.FAILED, 1)
    assert "An error in the program (ValueError" in run.in_words
    assert [told.address for told in messages()] == ["olga@shop.example"]
    assert ProgramError.objects.get().about == report.trigger


def test_a_report_that_cannot_be_planned_keeps_no_other_from_its_hour(cast: ReportCast) -> None:
    cast.sell(("Central", "ana", 100))
    broken = cast.report(name="A broken one")
    Report.objects.update(missed="x")  # as no report is saved
    assert cast.run(cast.report()).state == State.SENT
    broken.refresh_from_db()
    assert not broken.is_active
    assert "An error in the program (StopIteration" in broken.paused_in_words
    assert ProgramError.objects.get().about == broken.trigger


def test_a_source_that_is_away_at_seven_is_waited_for_then_told(cast: ReportCast) -> None:
    report = cast.report(wait_hours=1)
    cast.file.rename(cast.file.with_suffix(".away"))
    run = cast.run(report)
    assert run.state == State.HELD
    assert run.in_words.endswith("It is tried again on Monday, November 30, 2026 07:10.")
    assert messages() == []
    cast.file.with_suffix(".away").rename(cast.file)
    cast.sell(("Central", "ana", 100))
    assert cast.run(report, NOW + timedelta(minutes=11)).state == State.SENT


def test_a_report_that_is_paused_while_its_run_waits_sends_nothing_and_says_so(
    cast: ReportCast,
) -> None:
    report = cast.report()
    cast.file.rename(cast.file.with_suffix(".away"))
    assert cast.run(report).state == State.HELD
    cast.file.with_suffix(".away").rename(cast.file)
    cast.sell(("Central", "ana", 100))
    pause_report(report, by=Who("t"), now=NOW)
    run = cast.run(report, NOW + timedelta(minutes=11))
    assert (run.state, run.in_words) == (
        State.SKIPPED,
        "The report was paused before it could run.",
    )
    assert messages() == []


def test_p12_who_lost_the_right_his_report_pauses_and_says_so(cast: ReportCast) -> None:
    user = operator()
    cast.sell(("Central", "ana", 100))
    report = cast.report(by=Who("olga", user))
    user.groups.clear()
    run = cast.run(report)
    assert run.state == State.FAILED
    report.refresh_from_db()
    assert not report.is_active
    assert "olga may not make reports any more" in report.paused_in_words
    assert Report.objects.get().paused_in_words in run.in_words


def test_only_to_me_goes_to_one_address_whatever_the_conditions(cast: ReportCast) -> None:
    report = cast.report(only_if={"column": "total", "of": "total", "op": "gt", "value": "9"})
    run = cast.by_hand(report, "t", only_to="me@shop.example")
    assert (run.state, run.messages) == (State.SENT, 1)
    assert messages()[0].address == "me@shop.example"


def test_the_mail_that_leaves_has_table_figures_and_files(cast: ReportCast) -> None:
    from emailketing.outbox.queueing.material import material_of

    cast.sell(("Central", "ana", 100), ("Ñemby", "luis", 50))
    chart = {"kind": "bars", "label": "branch", "values": ["total"]}
    cast.run(cast.report(files=["xlsx"], chart=chart))
    (message,) = messages()
    written = write_out(message, material_of(message))
    assert b"Sales-of-the-day_2026-11-29.xlsx" in written
    assert b"Content-ID: <chart>" in written
    assert len(written) < 90_000 + 200_000


def operator() -> User:
    ensure_roles()
    user = User.objects.create(username="olga", email="olga@shop.example", language="en")
    user.groups.add(*user.groups.model.objects.filter(name=OPERATOR))
    return user
