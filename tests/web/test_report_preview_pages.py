"""What a report would send now, beside its editor: every form of it, and nothing of it is kept."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from emailketing.accounts.models import User
from emailketing.accounts.roles import OPERATOR, READER
from emailketing.schedule.models import Run
from emailketing.triggers.reports.definition.draft import begin_draft
from emailketing.triggers.reports.models import Report, ReportDraft
from emailketing.web.console.reports.preview import ROOM
from tests.triggers.reports.cast import messages
from tests.web import cast
from tests.web.reports import ReportDesk, entries

SignIn = Callable[[str], Client]


@pytest.fixture
def desk(db: None, tmp_path: Path, settings: Settings, now: datetime) -> ReportDesk:
    settings.HOME, settings.ATTACHMENTS = tmp_path, tmp_path / "attachments"
    made = ReportDesk(tmp_path, now)
    cast.users()
    made.sell_yesterday(("Central", "ana", 100), ("Ñemby", "luis", 50), (None, "x", 1))
    return made


@pytest.fixture
def draft(desk: ReportDesk, now: datetime) -> ReportDraft:
    people = {"Central": [{"kind": "address", "value": "c@shop.example"}]}
    report = desk.report(
        files=["pdf"],
        delivery="both",
        rows_by={"column": "branch", "kind": "people", "people": people},
    )
    return begin_draft(report, author=User.objects.get(username=OPERATOR), now=now)


def seen(client: Client, draft: ReportDraft, step: str = "look", **changed: str) -> str:
    page = client.get(f"/reports/drafts/{draft.pk}/{step}/").content.decode()
    sent = {**entries(page), **changed}
    return client.post(f"/reports/drafts/{draft.pk}/{step}/seen/", sent).content.decode()


def test_p7_mail_text_phone_paper_and_people_are_seen_and_nothing_is_kept(
    desk: ReportDesk, draft: ReportDraft, signed_in: SignIn
) -> None:
    there = {path.name for path in desk.cast.file.parent.iterdir()}
    client = signed_in(OPERATOR)
    page = client.get(f"/reports/drafts/{draft.pk}/look/").content.decode()
    assert "srcdoc" not in page  # the page does not wait for the reading
    assert f'hx-post="/reports/drafts/{draft.pk}/look/seen/"' in page
    shown = seen(client, draft)
    assert shown.count('<iframe sandbox=""') == 2
    assert 'width="600"' in shown
    assert 'width="320"' in shown
    assert "Content-Security-Policy" in shown
    assert "1 SMS" in shown
    assert 'src="data:image/png;base64,' in shown
    assert "c@shop.example" in shown
    assert "3 filas" in shown
    left = {path.name for path in desk.cast.file.parent.iterdir()}
    assert {name for name in left - there if name.startswith("seen-")} == set()
    assert not Run.objects.exists()
    assert messages() == []


def test_what_was_just_entered_is_seen_and_kept_in_the_draft(
    desk: ReportDesk, draft: ReportDraft, signed_in: SignIn
) -> None:
    shown = seen(signed_in(OPERATOR), draft, "what", name="Cierre")
    assert "Cierre" in shown
    draft.refresh_from_db()
    assert draft.content["name"] == "Cierre"
    assert Report.objects.get().name == "Sales of the day"


def test_p8_one_share_alone_is_seen(
    desk: ReportDesk, draft: ReportDraft, signed_in: SignIn
) -> None:
    shown = seen(signed_in(OPERATOR), draft, part="Central")
    assert "1 fila" in shown
    assert "Ñemby" not in shown.partition("Filas de")[0]


@pytest.mark.parametrize(("kind", "begins"), [("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", None)])
def test_each_file_is_made_for_whoever_wants_it(
    kind: str, begins: bytes | None, draft: ReportDraft, signed_in: SignIn
) -> None:
    for path in (
        f"/reports/drafts/{draft.pk}/files/{kind}/",
        f"/reports/{draft.report_id}/files/{kind}/",
    ):
        answer = signed_in(OPERATOR).get(path)
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert f".{kind}" in answer.headers["Content-Disposition"]
        assert answer.content.startswith(begins) if begins else "Central" in answer.content.decode()
    assert signed_in(OPERATOR).get(f"/reports/{draft.report_id}/files/exe/").status_code == 404


def test_why_nothing_can_be_seen_is_one_sentence(
    desk: ReportDesk, draft: ReportDraft, signed_in: SignIn
) -> None:
    (desk.cast.connector / "sales.sql").write_text("SELECT branch FROM gone")
    shown = seen(signed_in(OPERATOR), draft)
    assert "gone" in shown
    assert "srcdoc" not in shown
    gone = signed_in(OPERATOR).get(f"/reports/{draft.report_id}/files/csv/")
    assert gone.status_code == 409
    assert "gone" in gone.content.decode()


def test_why_nothing_would_be_sent_is_said(
    desk: ReportDesk, draft: ReportDraft, signed_in: SignIn
) -> None:
    condition = {"only_if_column": "total", "only_if_of": "total", "only_if_op": "gt"}
    shown = seen(signed_in(OPERATOR), draft, **condition, only_if_value="1.000.000")
    assert "no pasa de 1000000" in shown
    assert "srcdoc" in shown


def test_who_comes_while_others_look_sees_it_as_soon_as_there_is_room(
    draft: ReportDraft, signed_in: SignIn
) -> None:
    with ROOM.taken(), ROOM.taken():
        shown = seen(signed_in(OPERATOR), draft, part="Central")
        assert "esta sigue sola" in shown
        assert f'hx-post="/reports/drafts/{draft.pk}/look/seen/"' in shown
        assert """hx-vals='{"part": "Central"}'""" in shown
        file = signed_in(OPERATOR).get(f"/reports/drafts/{draft.pk}/files/csv/")
        assert (file.status_code, "en unos segundos" in file.content.decode()) == (409, True)
    assert "srcdoc" in seen(signed_in(OPERATOR), draft)


def test_who_only_looks_at_reports_sees_no_data_of_the_business(
    draft: ReportDraft, signed_in: SignIn
) -> None:
    client = signed_in(READER)
    number = draft.report_id
    assert client.post(f"/reports/{number}/seen/").status_code == 403
    assert client.get(f"/reports/{number}/files/csv/").status_code == 403
    assert client.post(f"/reports/drafts/{draft.pk}/look/seen/").status_code in {403, 404}
    assert client.get(f"/reports/drafts/{draft.pk}/files/csv/").status_code in {403, 404}
    assert client.post(f"/reports/drafts/{draft.pk}/people/").status_code in {403, 404}
    assert f"/reports/{number}/seen/" not in client.get(f"/reports/{number}/").content.decode()
