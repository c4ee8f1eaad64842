"""Ready reports: taken with one step, at rest; their texts fit a phone in every language."""

import shutil
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from emailketing.channels.catalogue import channel_of
from emailketing.company.models import Company
from emailketing.content.sheet.phone_words import own_text, unknown_places
from emailketing.schedule.choices import FREQUENCIES
from emailketing.sources.connectors import available, load, ready_reports
from emailketing.sources.connectors.model import ReadyReport
from emailketing.sources.models import Source
from emailketing.triggers.reports.definition.asked import values_before
from emailketing.triggers.reports.definition.checks import CHARTS, FILES, ROWS_BY
from emailketing.triggers.reports.definition.ready import (
    NoReadyReport,
    find_ready,
    offered_reports,
    take_ready,
)
from emailketing.triggers.reports.models import Report
from emailketing.triggers.reports.running.read import keep_rows
from emailketing.triggers.reports.running.shown import before_of, content_of, frames_of
from tests.listings.station_books import NOW, seeded_then

pytestmark = pytest.mark.django_db
LANGUAGES = ("es", "en", "pt")
READY = [
    pytest.param(connector.name, ready, id=f"{connector.name}.{ready.name}")
    for connector in available()
    for ready in connector.reports.values()
]
OF_STATION = list(load("estacion").reports)


@pytest.fixture
def books(tmp_path: Path, settings: Settings) -> Source:
    settings.HOME = tmp_path
    settings.ATTACHMENTS = tmp_path / "attachments"
    Company.objects.create(pk=1, language="es", name="Estación", is_live=True)
    file = shutil.copy(seeded_then(), tmp_path / "estacion.db")
    return Source.objects.create(
        slug="estacion",
        name="Estación",
        connector="estacion",
        dialect="sqlite",
        database=str(file),
        created_at=NOW,
    )


def test_a_connector_knows_the_words_that_reports_know() -> None:
    assert set(ready_reports.EVERY) == FREQUENCIES.keys() - {"rule"}
    assert (ready_reports.FILES, ready_reports.CHARTS) == (FILES, CHARTS)
    assert set(ready_reports.COMPARED) == set(Report.Compare.values)
    assert set(ready_reports.WHEN_EMPTY) == set(Report.Empty.values)
    assert set(ready_reports.ROWS_BY) < set(ROWS_BY)


@pytest.mark.parametrize(("connector", "ready"), READY)
def test_every_ready_report_has_all_a_report_needs(connector: str, ready: ReadyReport) -> None:
    assert set(ready.label) == set(ready.phone) == set(LANGUAGES)
    assert ready.looks.files
    assert ready.roles or ready.looks.rows_by
    listing = load(connector).listings[ready.listing]
    figures = ready.looks.figures or [n for n, c in listing.columns.items() if c.total]
    assert [unknown_places(words, figures) for words in ready.phone.values()] == [[], [], []]


def test_issue_7_every_ready_listing_has_one() -> None:
    listed = {ready.listing for ready in load("estacion").reports.values()}
    without = set(load("estacion").listings) - listed
    # receivables by age say the one; the other is a special date, ready as such
    assert without == {"unpaid_sales", "inspections_due"}
    assert len(load("tryton").reports) == 4


@pytest.mark.parametrize("name", OF_STATION)
def test_issue_10_its_text_fits_one_segment(books: Source, name: str, tmp_path: Path) -> None:
    report = take_ready(find_ready(name), by="ana", now=NOW)
    assert not report.is_active
    sheet = keep_rows(report, NOW, tmp_path / "now" / "all.sheet")
    assert sheet.count, "the sample company has nothing to show"
    values = values_before(report, NOW)
    then = (
        keep_rows(report, NOW, tmp_path / "then" / "all.sheet", values=values) if values else None
    )
    frames = frames_of(report, NOW, made_at=NOW, languages=LANGUAGES)
    before = before_of(report, NOW, then, LANGUAGES) if then else None
    content = content_of(report, sheet, before)
    segments = channel_of("sms").segments
    assert segments is not None
    for language in LANGUAGES:
        words, frame = content.words[language], frames[language]
        text = own_text(words, content.figures, sheet.count, frame, segments=segments)
        assert text, language
        assert "{" not in text
        assert segments.measure(text, plain=True).segments == 1


def test_a_ready_report_is_taken_once_more_under_another_name(books: Source) -> None:
    offered = find_ready("estacion.sales_by_branch")
    first, second = (take_ready(offered, by="ana", now=NOW) for _time in range(2))
    assert (first.name, second.name) == ("Ventas por sucursal", "Ventas por sucursal (2)")
    assert first.schedule["starts"] == "2026-11-24"
    found = next(each for each in offered_reports() if each.name == offered.name)
    assert {report.pk for report in found.reports} == {first.pk, second.pk}


def test_what_there_is_not_is_said(books: Source) -> None:
    with pytest.raises(NoReadyReport, match="nada"):
        find_ready("nada")
