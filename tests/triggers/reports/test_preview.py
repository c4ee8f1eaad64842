"""A report is seen before it goes out: the same mail, texts and files, and nothing is kept."""

from pathlib import Path

import pytest

from emailketing.schedule.models import Run
from emailketing.triggers.reports.running.ended import RunEnded
from emailketing.triggers.reports.running.preview import preview_report
from tests.triggers.reports.cast import NOW, ReportCast, messages
from tests.triggers.reports.test_shares import of_branches

pytestmark = pytest.mark.django_db


def test_what_is_seen_is_what_would_go_out(cast: ReportCast, tmp_path: Path) -> None:
    cast.sell(("Central", "ana", 100), ("Ñemby", "luis", 50), (None, "x", 1))
    report = of_branches(cast)
    report.files, report.chart = ["csv"], {"kind": "bars", "label": "branch", "values": ["total"]}
    found = preview_report(report, now=NOW, language="en", folder=tmp_path / "seen")
    assert found.rows == 3
    assert "Sales of the day" in found.mail.subject
    assert "data:image/png;base64," in found.mail.html
    assert "cid:chart" not in found.mail.html
    assert [file.file_name for file in found.files] == ["Sales-of-the-day_2026-11-29.csv"]
    assert [(one.part, one.people, one.rows) for one in found.shares] == [
        ("", ("boss@shop.example",), 3),
        ("Central", ("c@shop.example",), 1),
        ("Ñemby", ("n@shop.example",), 1),
    ]
    assert found.unowned == [("", 1)]
    assert not Run.objects.exists()
    assert messages() == []


def test_p8_one_share_alone_is_seen(cast: ReportCast, tmp_path: Path) -> None:
    cast.sell(("Central", "ana", 100), ("Ñemby", "luis", 50))
    found = preview_report(
        of_branches(cast), now=NOW, language="en", folder=tmp_path / "seen", part="Ñemby"
    )
    assert found.rows == 1
    assert "Central" not in found.mail.html
    assert "Ñemby" in found.mail.text


def test_why_it_would_not_go_out_is_said(cast: ReportCast, tmp_path: Path) -> None:
    report = cast.report(delivery="both")
    found = preview_report(report, now=NOW, language="en", folder=tmp_path / "seen")
    assert found.verdict == "The listing has no rows."
    assert found.phones["sms"]
    (cast.connector / "sales.sql").write_text("SELECT branch FROM gone")
    with pytest.raises(RunEnded, match="gone"):
        preview_report(report, now=NOW, language="en", folder=tmp_path / "again")
