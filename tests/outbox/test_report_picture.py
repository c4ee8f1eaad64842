"""The chart of a report goes along as a picture that the page shows; a lost one stops nothing."""

import email
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from emailketing.common.plain import Entry
from emailketing.content.models import Revision
from emailketing.content.sheet.chart_points import SheetChart
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.figure import KeyFigure
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import write_kept
from emailketing.content.sheet.mail import MailContent, freeze_report
from emailketing.content.starters import make_starter
from emailketing.content.store import put
from emailketing.outbox.models import MailClass, Message
from emailketing.outbox.queueing.dispatch import Recipient, Request, Way, dispatch
from emailketing.outbox.queueing.preview import preview
from emailketing.outbox.queueing.write_out import Material, write_out
from tests.outbox.cast import NOON, go_live, sender

PNG = b"\x89PNG of a chart"
PAGE = '<html><body><img src="cid:chart" alt="{{ report.chart.alt }}"></body></html>'


@pytest.fixture(autouse=True)
def _store(settings: Settings, tmp_path: Path) -> None:
    settings.ATTACHMENTS = tmp_path


def parts(sha256: str) -> list[Any]:
    message = Message(
        channel="email",
        name="Rosa",
        address="rosa@example.com",
        from_address="informes@example.com",
        language="es",
        fields={},
        mail_class=MailClass.REPORT,
        message_id="<1@example.com>",
        not_before=datetime(2026, 12, 1, 10, 0, tzinfo=UTC),
        sender_id=1,
    )
    revision = Revision(subject="Ventas", html=PAGE, text="Ventas", format="simple")
    chart: Entry = {"sha256": sha256, "alt": "Barras: 84,3 M", "width": 380}
    data: Entry = {"report": {"in_language": {"es": {"chart": chart}}}}
    content = write_out(message, Material(revision, "report:1", data))
    return list(email.message_from_bytes(content, policy=policy.default).walk())


def test_the_chart_is_inside() -> None:
    found = parts(put(PNG))
    pictures = [part for part in found if part.get_content_type() == "image/png"]
    assert [part["Content-ID"] for part in pictures] == ["<chart>"]
    assert pictures[0].get_payload(decode=True) == PNG


def test_a_chart_that_is_gone_leaves_its_words() -> None:
    found = parts("0" * 64)
    assert [part for part in found if part.get_content_maintype() == "image"] == []
    page = next(part for part in found if part.get_content_type() == "text/html")
    assert 'alt="Barras: 84,3 M"' in page.get_content()


@pytest.mark.django_db
def test_from_the_read_to_the_mail_of_each_reader(tmp_path: Path) -> None:
    """The whole road: rows kept, frozen in words, dispatched, shown with the chart inside."""
    go_live()
    columns = [Column("branch", "Sucursal"), Column("sum", "Ventas", "money", total="sum")]
    kept = write_kept(tmp_path / "kept", columns, [["Central", 84_300_000], ["Ñemby", 1_200]])
    figure = KeyFigure(label="Ventas", value=kept.totals()[1], column=columns[1])
    chart = SheetChart(kind="bars", label="branch", values=("sum",))
    frame = SheetFrame(title="Ventas", period="ayer", made_at=NOON, language="es")
    frames = {"es": frame, "en": replace(frame, title="Sales", language="en")}
    report = freeze_report(kept, MailContent(figures=[figure], chart=chart), frames)
    done = dispatch(
        Request(
            key="report:1:2026-11-24",
            trigger="report:1",
            trigger_label="Ventas",
            ways={"email": Way(make_starter("report", None, now=NOON), sender(25))},
            recipients=(
                Recipient(address="ana@x.test", name="Ana", language="es"),
                Recipient(address="bob@x.test", name="Bob", language="en"),
            ),
            data={"report": report},
            mail_class=MailClass.REPORT,
        ),
        now=NOON,
    )
    assert done.broken == []
    shown = {message.name: preview(message) for message in Message.objects.all()}
    assert shown["Ana"].subject == "Ventas · ayer"
    assert shown["Bob"].subject == "Sales · ayer"
    assert "84.301.200" in shown["Ana"].text
    assert "84,301,200" in shown["Bob"].text
    assert all('src="data:image/png;base64,' in each.html for each in shown.values())
    assert all(b"Content-ID: <chart>" in each.source for each in shown.values())
