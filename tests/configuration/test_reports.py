"""Reports in the file: what is here goes out and comes in as the same, people by their duties."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from emailketing.configuration import ConfigurationInvalid, apply, diff, export_configuration
from emailketing.contacts.models import Role
from emailketing.sources.models import Source
from emailketing.triggers.reports.models import Report
from tests.triggers.reports.cast import NOW, ReportCast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(tmp_path: Path, settings: Settings) -> ReportCast:
    settings.HOME = tmp_path
    cast = ReportCast(tmp_path)
    Source.objects.create(slug="other", name="Other", connector="gone", created_at=NOW)
    managers = {"kind": "role", "role": cast.managers.pk}
    cast.report(
        recipients=[managers],
        rows_by={"column": "branch", "kind": "people", "people": {"Central": [managers]}},
        files=["pdf", "xlsx"],
        order=[["total", True]],
        chart={"kind": "bars", "label": "branch", "values": ["total"]},
        only_if={"column": "total", "of": "total", "op": "gt", "value": "0"},
        values={"period": "last_month"},
    )
    return cast


def test_a_report_becomes_the_same_and_starts_paused(cast: ReportCast) -> None:
    text = export_configuration()
    before = dict(Report.objects.values().get())
    assert diff(text) == []
    Report.objects.all().delete()
    Role.objects.all().delete()
    notices = apply(text, by="ana", now=NOW).notices
    assert "Sales of the day is new here and starts paused: try it, then resume it." in notices
    after = dict(Report.objects.values().get())
    manager = {"kind": "role", "role": Role.objects.get().pk}
    assert Report.objects.get().rows_by["people"] == {"Central": [manager]}
    changed = {name for name, value in after.items() if value != before.get(name)}
    assert changed <= {"id", "recipients", "rows_by", "is_active", "created_at", "created_by"} | {
        "planned_until"
    }
    assert not after["is_active"]
    assert apply(text, by="ana", now=NOW).differences == []


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('listing = "shop.sales"', 'listing = "shop.gone"', "gone"),
        ("FREQ=DAILY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never happens"),
        ('role = "Managers"', 'role = "Nobody"', "Nobody"),
        ('kind = "bars"', 'kind = "pie"', "pie"),
        ('[["total", true]]', '["total"]', "The order is written so"),
        ('[["total", true]]', '[["total"]]', "The order is written so"),
        ('files = ["pdf", "xlsx"]', 'files = ["pdf", "pdf"]', "once"),
        ('[{ kind = "role", role = "Managers" }] } }', "5 } }", "Central: Choose who this is"),
        (
            'kind = "people", people = { Central = [{ kind = "role", role = "Managers" }]',
            'kind = "contact", people = { Central = 5',
            "Central: Choose who this is",
        ),
        ("fallback = {}", 'fallback = { kind = "party" }', "about no document"),
        ('zone = "America/Asuncion", free_day', 'zone = "Nowhere", free_day', "Nowhere"),
        ('source = "shop"\nlisting', 'source = "other"\nlisting', "of the source “shop”"),
        ("keep_days = 90", "daily_cap = 3", "daily_cap"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_nothing_changes(
    cast: ReportCast, old: str, new: str, named: str
) -> None:
    text = export_configuration()
    assert old in text
    with pytest.raises(ConfigurationInvalid, match=named):
        apply(text.replace(old, new), by="ana", now=NOW)
    assert diff(text) == []
