"""WhatsApp's approved text with a button: it leads to the reader's page, or nothing goes (P11)."""

import json
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from emailketing.channels.base import Envelope
from emailketing.channels.models import Sender
from emailketing.channels.whatsapp.cloud import Cloud, adapter
from emailketing.company.models import Company
from emailketing.content.models import Revision, Template
from emailketing.content.save import Texts, save_revision
from emailketing.links.models import PublicAddress
from emailketing.links.signed import token_of
from emailketing.outbox.models import Message
from emailketing.outbox.queueing.material import material_of
from emailketing.outbox.queueing.preview import preview
from emailketing.outbox.sending.envelopes import phone_as_mail, phone_text
from emailketing.triggers.reports.definition.button import buttons_of
from emailketing.triggers.reports.definition.save import save_report
from emailketing.triggers.reports.models import Report
from emailketing.triggers.reports.running.preview import ReportPreview, preview_report
from tests.cli.test_sender_message import run as command
from tests.triggers.reports.cast import DAILY, NOW, ReportCast, messages
from tests.triggers.reports.test_pages import URL, allow_links, link_of

pytestmark = pytest.mark.django_db
ANA = "+595981123456"
BUTTON = f"{URL}/r/{{{{1}}}}"
PLACES = "{{ report.title }}\n{{ report.phone }}"


def approved(button: str = BUTTON) -> Template:
    made = Template.objects.create(
        slug="listo", name="Listo", channel="whatsapp", document_type="report"
    )
    texts = Texts("informe_listo", "", PLACES, "approved", button)
    save_revision(made, language="en", texts=texts, sample=None, by="ana", now=NOW)
    return made


def by_whatsapp(cast: ReportCast, button: str = BUTTON) -> Report:
    cast.sell(("Central", "ana", 300))
    cloud = Sender.objects.create(
        name="WhatsApp",
        channel="whatsapp",
        kind="whatsapp",
        from_address="+595981000000",
        options={"url": "https://graph.facebook.com/v21.0", "phone_number_id": "555"},
        is_default=True,
    )
    report = Report(
        name="Sales of the day",
        source=cast.source,
        listing="shop.sales",
        schedule=DAILY,
        recipients=[{"kind": "address", "value": ANA, "language": "en"}],
        delivery="phone",
        mail_class="report",
        is_active=True,
    )
    report.choose("whatsapp", template=approved(button), sender=cloud)
    return save_report(report, by="ana", now=NOW - timedelta(hours=1))


def component_of(message: Message) -> list[Any]:
    """Return the parts of the request that leaves for the far side."""
    phone = phone_text(message, material_of(message))
    gateway = Cloud(adapter.account_of(Sender.objects.get(kind="whatsapp")))
    asked = gateway.ask(Envelope("x", message.address, b"", phone=phone))
    parts: list[Any] = json.loads(asked.content)["template"]["components"]
    return parts


def seen(report: Report, tmp_path: Path) -> ReportPreview:
    return preview_report(report, now=NOW, language="en", folder=tmp_path / "seen")


def test_p11_each_reader_gets_his_page_on_the_button_and_not_in_the_words(cast: ReportCast) -> None:
    allow_links()
    cast.run(by_whatsapp(cast))
    (message,) = messages()
    token = token_of(link_of(ANA))
    body, button = component_of(message)
    assert button["parameters"] == [{"type": "text", "text": token}]
    assert token not in json.dumps(body)
    assert "300" in json.dumps(body)


def test_s34_the_inbox_and_the_console_show_where_the_button_leads(cast: ReportCast) -> None:
    allow_links()
    cast.run(by_whatsapp(cast))
    (message,) = messages()
    page = f"{URL}/r/{token_of(link_of(ANA))}"
    caught = message_from_bytes(phone_as_mail(message, material_of(message)))
    shown = next(part for part in caught.walk() if part.get_content_type() == "text/plain")
    assert f"→ {page}" in bytes(shown.get_payload(decode=True)).decode()
    assert preview(message).text.endswith(f"→ {page}")


@pytest.mark.parametrize(
    ("button", "word"),
    [(BUTTON, "has no page"), ("https://old.example.com/r/{{1}}", "leads to https://old")],
)
def test_p6_a_button_that_leads_nowhere_stops_the_message_with_a_sentence(
    cast: ReportCast, button: str, word: str
) -> None:
    """Where no link is written there is nothing for the place, and WhatsApp would refuse it."""
    if button != BUTTON:
        allow_links()
    run = cast.run(by_whatsapp(cast, button))
    (message,) = messages()
    assert (message.state, message.reason) == ("failed", "render")
    assert word in message.detail
    assert word in run.reason, run.reason


def test_what_is_wrong_with_a_button_is_said_before_anything_goes(
    cast: ReportCast, tmp_path: Path
) -> None:
    report = by_whatsapp(cast)
    found = seen(report, tmp_path)
    assert buttons_of(report, "en") == {"whatsapp": BUTTON}
    assert any("no public address is set" in one for one in found.problems)
    allow_links()
    assert seen(report, tmp_path).problems == []
    Company.objects.update(public_url="https://neu.example.com")
    PublicAddress.objects.update(url="https://neu.example.com")
    (problem,) = seen(report, tmp_path).problems
    assert "https://neu.example.com/r/{{1}}" in problem


def test_the_command_says_where_the_button_leads(cast: ReportCast, tmp_path: Path) -> None:
    approved()
    shown = command("template", "show", "listo", "--language", "en")
    assert f"button: {BUTTON}" in shown.stdout
    assert "no public address is set" in shown.stderr
    file = tmp_path / "texts.txt"
    assert command("template", "export", "listo", str(file), "--language", "en").exit_code == 0
    file.write_text(file.read_text().replace(URL, "https://other.example"))
    assert command("template", "edit", "listo", str(file), "--language", "en").exit_code == 0
    newest = Revision.objects.order_by("-number")[0]
    assert newest.button == "https://other.example/r/{{1}}"
