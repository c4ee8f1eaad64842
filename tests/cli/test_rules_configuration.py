"""`emailketing rule …` and `emailketing configuration …`, as an operator types them."""

from pathlib import Path

import pytest
from django.utils import translation

from emailketing.accounts.models import AuditEntry
from emailketing.company.models import Company
from emailketing.triggers.notifications.models import Rule
from tests.cli.test_sender_message import run
from tests.triggers.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    with translation.override("en"):
        return Cast()


def test_the_pack_is_made_switched_on_and_made_no_second_time(cast: Cast) -> None:
    made = run("rule", "pack", "shop", "--on", "quotation").output
    assert "quotation" in made
    many = Rule.objects.exclude(ready_made="").count()
    assert Rule.objects.get(ready_made="quotation").is_active
    assert Rule.objects.filter(is_active=True).count() == 2
    run("rule", "pack", "shop")
    assert Rule.objects.exclude(ready_made="").count() == many
    run("rule", "pack", "nowhere", code=1)
    run("rule", "pack", "shop", "--on", "no such rule", code=1)
    assert AuditEntry.objects.filter(action="switched").count() == 1


def test_everything_a_rule_knows_can_be_said(cast: Cast) -> None:
    words = ("--source", "shop", "--process", "purchase_order", "--template", "order")
    how = ("--window", "mon-fri 8:00-18:00", "--remind", "3", "--remind", "10", "--daily-cap", "2")
    run("rule", "add", "Larga", *words, *how, "--to", "role:Management", "--to", "copy:a@b.example")
    rule = Rule.objects.get(name="Larga")
    assert (rule.window["from"], rule.remind_days, rule.daily_cap) == ("08:00", [3, 10], 2)
    assert rule.recipients[1] == {"kind": "address", "value": "a@b.example", "copy": True}
    assert "Larga" in run("rule", "list").output
    cast.happen()
    assert "1" in run("rule", "simulate", str(cast.rule.pk), "--days", "366").output
    run("rule", "simulate", "9999", code=1)


def test_a_rule_is_changed_word_by_word_and_what_is_not_named_stays(cast: Cast) -> None:
    number = str(cast.rule.pk)
    window, name = "window=mon-sat 07:00-20:00", cast.rule.name
    run("rule", "set", number, "flood-limit=500", "urgent=yes", window, "remind=3,10", "daily-cap=")
    cast.rule.refresh_from_db()
    said = (cast.rule.flood_limit, cast.rule.is_urgent, cast.rule.remind_days, cast.rule.daily_cap)
    assert said == (500, True, [3, 10], None)
    assert cast.rule.window["days"] == [0, 1, 2, 3, 4, 5]
    run("rule", "set", number, "to=role:Management; copy:a@b.example")
    cast.rule.refresh_from_db()
    assert [one["kind"] for one in cast.rule.recipients] == ["role", "address"]
    assert cast.rule.name == name
    for wrong in ("flood=1", "urgent=perhaps", "delay=soon", "template=nowhere", "delivery"):
        run("rule", "set", number, "name=Otra", wrong, code=1)
    cast.rule.refresh_from_db()
    assert cast.rule.name == name
    assert AuditEntry.objects.filter(action="changed").count() == 2


def test_the_configuration_goes_out_and_in(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    run("configuration", "export", str(file))
    assert file.stat().st_mode & 0o077 == 0
    Rule.objects.update(daily_cap=9)
    assert "9 →" in run("configuration", "diff", str(file)).output
    run("configuration", "import", str(file), "--yes")
    assert Rule.objects.get().daily_cap is None
    assert AuditEntry.objects.filter(action="imported").exists()
    file.write_text("format = 7")
    run("configuration", "import", str(file), code=1)
    run("configuration", "diff", str(tmp_path / "none"), code=1)


def test_the_company_is_taken_over_where_the_console_has_a_name_of_the_office(
    cast: Cast, tmp_path: Path
) -> None:
    file = tmp_path / "ours.toml"
    run("setup", "--name", "Ferretería", "--quiet", "21:00-07:00")
    run("configuration", "export", str(file))
    run("setup", "--quiet", "never", "--address", "http://servidor:8000/")
    run("configuration", "import", str(file), "--yes")
    company = Company.objects.get()
    assert (str(company.quiet_from), company.base_url) == ("21:00:00", "http://servidor:8000/")
