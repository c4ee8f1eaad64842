"""What the runs before came to is what the trend shows, of the same question only (P8, P10)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from emailketing.accounts.who import Who
from emailketing.triggers.reports.definition.save import save_report
from emailketing.triggers.reports.models import Report
from tests.triggers.reports.cast import NOW, ReportCast, messages

Trends = list[dict[str, Any]]


@pytest.fixture
def run_days(cast: ReportCast) -> Callable[[Report, int], Trends]:
    """Sell and run on so many days; tell the trend of each mail."""

    def run(report: Report, days: int, first: int = 0) -> Trends:
        for day in range(first, first + days):
            now = NOW + timedelta(days=day)
            yesterday = (now - timedelta(days=1)).date().isoformat()
            cast.sell(("Central", "ana", 100 + day), ("Ñemby", "luis", 50), day=yesterday)
            cast.run(report, now)
        views = [one.dispatch.data["report"]["in_language"]["en"] for one in messages()]
        return [view["figures"][0]["trend"] for view in views]

    return run


def test_p10_it_is_there_from_the_third_run_on(
    cast: ReportCast, run_days: Callable[..., Trends]
) -> None:
    trends = run_days(cast.report(trend=True), 4)
    assert trends[:2] == [{}, {}]
    assert "3 runs: lowest " in trends[2]["alt"]
    assert "4 runs: lowest " in trends[3]["alt"]
    for number, words in enumerate(("150", "153")):
        assert words in trends[3]["alt"].split(", ")[number]


def test_nobody_who_did_not_ask_has_one(cast: ReportCast, run_days: Callable[..., Trends]) -> None:
    assert run_days(cast.report(), 3) == [{}, {}, {}]


def test_what_asks_something_else_begins_anew(
    cast: ReportCast, run_days: Callable[..., Trends]
) -> None:
    report = cast.report(trend=True)
    assert run_days(report, 3)[-1]
    report.values = {"branch": "Central"}
    save_report(report, by=Who("t"), now=NOW + timedelta(days=2, hours=1))
    assert run_days(report, 1, first=3)[-1] == {}


def test_p8_rows_of_his_own_have_none(cast: ReportCast, run_days: Callable[..., Trends]) -> None:
    people = {"Central": [{"kind": "address", "value": "c@shop.example", "language": "en"}]}
    own = {"column": "branch", "kind": "people", "people": people}
    run_days(cast.report(trend=True, rows_by=own), 4)
    views = [
        one.dispatch.data["report"]["in_language"]["en"]
        for one in messages()
        if one.address == "c@shop.example"
    ]
    assert len(views) == 4
    assert not any(view["figures"][0]["trend"] for view in views)
