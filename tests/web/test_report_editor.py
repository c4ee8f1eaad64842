"""A report made and changed by clicking: steps, drafts, all that command and file can say."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from emailketing.accounts.models import User
from emailketing.accounts.roles import OPERATOR, READER
from emailketing.configuration.kinds.reports import OWN
from emailketing.contacts.models import Contact
from emailketing.content.starters import make_starter
from emailketing.triggers.reports.definition.draft import (
    PLAIN,
    begin_draft,
    content_of,
    drop_old_drafts,
    report_of,
)
from emailketing.triggers.reports.definition.save import save_report
from emailketing.triggers.reports.models import Report, ReportDraft
from emailketing.web.console.reports.editor import FORMS
from tests.triggers.reports.cast import DAILY
from tests.web import cast
from tests.web.attached import Station
from tests.web.reports import ReportDesk, entries

SignIn = Callable[[str], Client]
Page = dict[str, Any]


@pytest.fixture
def desk(db: None, tmp_path: Path, settings: Settings, now: datetime) -> ReportDesk:
    settings.HOME, settings.ATTACHMENTS = tmp_path, tmp_path / "attachments"
    made = ReportDesk(tmp_path, now)
    cast.users()
    made.sell_yesterday(("Central", "ana", 100), ("Ñemby", "luis", 50))
    made.cast.contact("Ana Giménez", "ana@shop.example", language="pt")
    return made


class Hand:
    """Somebody at the editor: opens a step, changes what is named, goes on; each is counted."""

    def __init__(self, client: Client) -> None:
        self.client, self.clicks = client, 0
        self.path = "/reports/new/"

    def page(self) -> str:
        return self.client.get(self.path).content.decode()

    def fill(self, go: str = "next", **changed: Any) -> Any:
        """Send the step as it stands with these fields changed, and press a button."""
        sent: Page = {**entries(self.page()), "go": go}
        sent |= {name.replace("__", "-"): value for name, value in changed.items()}
        self.clicks += len(changed) + 1
        answer = self.client.post(self.path, sent)
        self.path = answer.headers.get("Location", self.path)
        return answer

    def people(self) -> str:
        """What the table of whose rows are whose shows once the kind was chosen."""
        number = ReportDraft.objects.get().pk
        sent = {**entries(self.page()), "rows_kind": "people"}
        return self.client.post(f"/reports/drafts/{number}/people/", sent).content.decode()


def test_sales_by_branch_at_seven_to_each_manager_with_pdf_in_25_clicks(
    desk: ReportDesk, signed_in: SignIn
) -> None:
    hand = Hand(signed_in(OPERATOR))
    hand.clicks += 1  # “New report”
    hand.fill(listing="shop.sales")
    hand.fill()  # every working day at seven, as it stands
    table = hand.people()
    assert 'value="Central"' in table
    assert 'value="Ñemby"' in table
    hand.fill(
        rows_kind="people",
        rows_column="branch",
        **{
            "person-0-value": "Central",
            "person-0-addresses": "Ana Giménez <ana@shop.example>",
            "person-1-value": "Ñemby",
            "person-1-role": f"role:{desk.cast.managers.pk}",
        },
    )
    hand.fill()  # PDF, bars, against the day before, as it stands
    hand.fill("save")
    report = Report.objects.get()
    assert hand.path == f"/reports/{report.pk}/"
    assert hand.clicks <= 25
    assert report.name == "Ventas"
    assert report.is_active
    assert (report.schedule["rule"], report.schedule["free_day"]) == ("FREQ=DAILY", "skip")
    assert report.schedule["times"] == ["07:00"]
    assert report.values["period"] == "yesterday"
    assert report.files == ["pdf"]
    assert report.chart == {"kind": "bars", "label": "branch", "values": ["total"]}
    assert report.compare == "before"
    ana = {"kind": "address", "value": "ana@shop.example", "name": "Ana Giménez"}
    assert report.rows_by["people"] == {
        "Central": [ana | {"contact": Contact.objects.get(name="Ana Giménez").pk}],
        "Ñemby": [{"kind": "role", "role": desk.cast.managers.pk}],
    }
    assert report.owner is not None
    assert report.owner.username == OPERATOR
    assert not ReportDraft.objects.exists()


def everything(desk: ReportDesk, now: datetime) -> Report:
    """A report that says everything that command and file can say."""
    made = Report(
        name="Todo",
        source=desk.cast.source,
        listing="shop.sales",
        values={"period": "last_45_days", "branch": "Central"},
        schedule=DAILY | {"rule": "FREQ=MONTHLY;BYDAY=-1FR", "times": ["07:00", "18:30"]},
        recipients=[
            {"kind": "role", "role": desk.cast.managers.pk, "copy": True},
            {"kind": "address", "value": "j@shop.example", "name": "J.", "language": "pt"},
        ],
        fallback={"kind": "address", "value": "f@shop.example", "language": "en"},
        rows_by={
            "column": "branch",
            "kind": "people",
            "people": {
                "Central": [
                    {"kind": "role", "role": desk.cast.managers.pk},
                    {"kind": "address", "value": "c@shop.example", "name": "C", "language": "en"},
                ]
            },
        },
        delivery="both",
        mail_class="transactional",
        window={"days": [0, 4], "from": "08:00", "to": "18:00", "holidays": False},
        is_urgent=True,
        files=["xlsx", "csv"],
        figures=["total"],
        chart={"kind": "share", "label": "seller", "values": ["total"]},
        order=[["total", True], ["branch", False], ["seller", True]],
        phone_text={"es": "Ventas {when}: {total}"},
        top=20,
        columns=["total", "branch"],
        group_by="seller",
        compare="year",
        when_empty="send",
        only_if={"column": "total", "of": "any", "op": "lt", "value": "1.125"},
        only_changed=True,
        wait_hours=3,
        missed="each",
        keep_days=30,
    )
    made.choose("email", template=make_starter("report", None, now=now), sender=desk.cast.sender)
    made.choose("sms", template=make_starter("report-sms", None, now=now))
    return save_report(made, by="t", now=now)


def test_what_is_opened_and_saved_untouched_says_the_same(
    desk: ReportDesk, signed_in: SignIn, now: datetime
) -> None:
    report = everything(desk, now)
    before = content_of(report)
    assert [name for name in PLAIN if before[name] in ("", [], {})] == []
    hand = Hand(signed_in(OPERATOR))
    hand.path = hand.client.post(f"/reports/{report.pk}/edit/").headers["Location"]
    for _ in FORMS:
        go = "save" if hand.path.endswith("/check/") else "next"
        answer = hand.fill(go)
        assert answer.status_code == 302, answer.content.decode()
    after = content_of(Report.objects.get())
    assert {n: (v, after[n]) for n, v in before.items() if after[n] != v} == {}


def test_every_field_of_a_report_has_its_step() -> None:
    placed = {place for form in FORMS.values() for place in form.places}
    assert {*PLAIN, "source", "owner"} - placed == set()
    assert set(OWN) - set(PLAIN) == set()


WRONG: dict[str, tuple[str, Page, str]] = {
    "no listing": ("what", {"listing": ""}, "Elija"),
    "a gone listing": ("what", {"listing": "shop.gone"}, "shop.gone"),
    "no period": ("what", {"p-period_0": "between", "p-period_2": "x"}, "x.."),
    "no day": ("when", {"schedule-frequency": "week"}, "al menos un día"),
    "no hours": ("when", {"wait_hours": "500"}, "72"),
    "no number": ("when", {"wait_hours": "x"}, "entero"),
    "nobody": ("who", {"rows_kind": ""}, "al menos un destinatario"),
    "no address": ("who", {"to-0-address": "ana@"}, "ana@"),
    "no person": ("who", {"rows_kind": "people"}, "quién recibe qué filas"),
    "nothing drawn": ("look", {"chart_kind": "bars", "chart_values": []}, "gráfico"),
    "no limit": ("look", {"only_if_column": "total"}, "se escribe así"),
    "too many": ("look", {"top": "999"}, "50"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_stands_in_its_step_at_its_field(
    case: str, desk: ReportDesk, signed_in: SignIn
) -> None:
    step, changed, piece = WRONG[case]
    hand = Hand(signed_in(OPERATOR))
    if case != "no listing":
        hand.fill(listing="shop.sales")
        hand.path = hand.path.replace("/when/", f"/{step}/")
    answer = hand.fill(**changed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'class="cf-errors"' in page
    assert piece in page
    assert not Report.objects.exists()


def test_a_report_begins_with_the_listing_somebody_comes_from(
    desk: ReportDesk, signed_in: SignIn
) -> None:
    hand = Hand(signed_in(OPERATOR))
    hand.path = "/reports/new/?listing=shop.sales"
    assert entries(hand.page())["listing"] == ["shop.sales"]
    hand.path = "/reports/new/?listing=shop.nothing"
    assert entries(hand.page())["listing"] == [""]


def test_a_draft_is_left_and_resumed_by_its_author_alone(
    desk: ReportDesk, signed_in: SignIn
) -> None:
    hand = Hand(signed_in(OPERATOR))
    hand.fill(listing="shop.sales", name="Mío")
    hand.fill("leave", wait_hours="4")
    draft = ReportDraft.objects.get()
    left = f"/reports/drafts/{draft.pk}/when/"
    assert left in hand.client.get("/reports/").content.decode()
    assert 'name="wait_hours" value="4"' in hand.client.get(left).content.decode()
    other = signed_in("administrator")
    assert left not in other.get("/reports/").content.decode()
    assert other.get(left).status_code == 404
    assert other.post(f"/reports/drafts/{draft.pk}/drop/").status_code == 404
    hand.client.post(f"/reports/drafts/{draft.pk}/drop/")
    assert not ReportDraft.objects.exists()


def test_what_somebody_else_changed_meanwhile_stays(desk: ReportDesk, now: datetime) -> None:
    report = desk.report()
    author = User.objects.get(username=OPERATOR)
    draft = begin_draft(report, author=author, now=now)
    assert begin_draft(report, author=author, now=now) == draft
    draft.content["top"] = 3
    draft.save()
    Report.objects.filter(pk=report.pk).update(keep_days=7)
    made = report_of(ReportDraft.objects.get())
    assert (made.top, made.keep_days) == (3, 7)


def test_another_listing_lets_go_of_the_columns_of_the_last(
    desk: ReportDesk, signed_in: SignIn, now: datetime
) -> None:
    file = desk.cast.connector / "connector.toml"
    more = '[listings.count]\nlabel = "Cuenta"\nquery = "count.sql"\n'
    file.write_text(file.read_text() + more)
    (desk.cast.connector / "count.sql").write_text("SELECT count(*) AS n FROM sale")
    report = everything(desk, now)
    hand = Hand(signed_in(OPERATOR))
    hand.path = hand.client.post(f"/reports/{report.pk}/edit/").headers["Location"]
    hand.fill(listing="shop.count")
    found = report_of(ReportDraft.objects.get())
    assert (found.listing, found.chart, found.rows_by, found.only_if) == ("shop.count", {}, {}, {})


def test_a_name_that_is_taken_is_refused_at_its_field(desk: ReportDesk, signed_in: SignIn) -> None:
    desk.report(name="Ventas")
    hand = Hand(signed_in(OPERATOR))
    answer = hand.fill(listing="shop.sales", name="Ventas")
    assert "Ya hay un informe" in answer.content.decode()
    hand.path = "/reports/new/"
    hand.fill(listing="shop.sales")
    assert ReportDraft.objects.first().content["name"] == "Ventas 2"  # type: ignore[union-attr]


def test_contacts_are_offered_while_their_name_is_typed(
    desk: ReportDesk, signed_in: SignIn
) -> None:
    client = signed_in(OPERATOR)
    offered = client.get("/reports/people/", {"to-0-address": "gim"}).content.decode()
    assert "Ana Giménez &lt;ana@shop.example&gt;" in offered
    several = client.get("/reports/people/", {"x": "luis@a.test; gim"}).content.decode()
    assert "luis@a.test; Ana" in several
    assert "Ana" not in client.get("/reports/people/", {"x": "g"}).content.decode()


@pytest.mark.parametrize("path", ["new/", "parameters/", "people/"])
def test_who_only_looks_makes_none(path: str, desk: ReportDesk, signed_in: SignIn) -> None:
    report = desk.report()
    assert signed_in(READER).get(f"/reports/{path}").status_code == 403
    assert signed_in(READER).post(f"/reports/{report.pk}/edit/").status_code == 403
    assert signed_in(READER).post("/reports/new/", {"listing": "shop.sales"}).status_code == 403
    assert not ReportDraft.objects.exists()
    assert Client().get(f"/reports/{path}").status_code == 302


def test_a_ready_report_is_taken_and_rests(station: Station, signed_in: SignIn) -> None:
    client = signed_in(OPERATOR)
    page = client.get("/reports/ready/").content.decode()
    assert 'value="estacion.sales_by_branch"' in page
    taken = client.post("/reports/ready/", {"name": "estacion.sales_by_branch"})
    report = Report.objects.get()
    assert taken.headers["Location"] == f"/reports/{report.pk}/"
    assert not report.is_active
    said = client.post("/reports/ready/", {"name": "estacion.none"}, follow=True)
    assert "estacion.none" in said.content.decode()
    assert Report.objects.count() == 1


def test_a_draft_that_nobody_goes_on_with_is_thrown_away(desk: ReportDesk, now: datetime) -> None:
    author = User.objects.get(username=OPERATOR)
    begin_draft(desk.report(), author=author, now=now)
    assert drop_old_drafts(now + timedelta(days=89)) == 0
    assert drop_old_drafts(now + timedelta(days=91)) == 1


def test_a_source_that_is_away_keeps_nobody_from_the_next_step(
    desk: ReportDesk, signed_in: SignIn
) -> None:
    desk.cast.file.rename(desk.cast.file.with_suffix(".away"))
    hand = Hand(signed_in(OPERATOR))
    hand.fill(listing="shop.sales")
    assert hand.path.endswith("/when/")
    assert "no respondió" in hand.page()
    desk.cast.file.with_suffix(".away").rename(desk.cast.file)
    draft = ReportDraft.objects.get()
    sent = entries(hand.page())
    hand.client.post(f"/reports/drafts/{draft.pk}/when/seen/", sent)
    draft.refresh_from_db()
    assert [one["name"] for one in draft.columns] == ["branch", "seller", "total"]


def test_one_thing_is_changed_and_saved_in_its_step(desk: ReportDesk, signed_in: SignIn) -> None:
    report = desk.report()
    hand = Hand(signed_in(OPERATOR))
    hand.path = hand.client.post(f"/reports/{report.pk}/edit/").headers["Location"]
    hand.path = hand.path.replace("/what/", "/when/")
    hand.fill("save", **{"schedule-at": "18:00"})
    report.refresh_from_db()
    assert hand.path == f"/reports/{report.pk}/"
    assert report.schedule["times"] == ["18:00"]
    assert not ReportDraft.objects.exists()
