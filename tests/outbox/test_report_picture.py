"""The chart of a report goes along as a picture that the page shows; a lost one stops nothing."""

import email
from datetime import UTC, datetime
from email import policy
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from emailketing.common.plain import Entry
from emailketing.content.models import Revision
from emailketing.content.store import put
from emailketing.outbox.models import MailClass, Message
from emailketing.outbox.queueing.write_out import Material, write_out

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
