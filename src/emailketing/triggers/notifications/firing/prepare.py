"""The files a rule sends: the document as PDF per language, many records as a sheet."""

import re
import unicodedata
from typing import Any

from emailketing.channels.catalogue import channel_of
from emailketing.common.document import Document
from emailketing.content.documents import lost_signs, make_pdf
from emailketing.content.look import look_for
from emailketing.content.sheet.file_names import file_name
from emailketing.content.sheet.xlsx import XLSX
from emailketing.outbox.queueing.dispatch import File, Recipient
from emailketing.sources.audit.sheet import sheet_of
from emailketing.sources.document_label import label_by
from emailketing.triggers.notifications.models import Rule


def draws_a_pdf(rule: Rule, document: Document) -> bool:
    """Whether the rule attaches a PDF: of many records at once there is a sheet instead."""
    has_layout = rule.template is not None and bool(rule.template.layout)
    return has_layout and rule.attach_document and not document.get("is_mass")


def make_files(rule: Rule, data: dict[str, Any], recipients: list[Recipient]) -> tuple[File, ...]:
    """Make the PDF once for each language somebody reads; not every channel takes one."""
    if data["document"].get("is_mass"):
        return _sheets(rule, data["document"], recipients)
    if rule.template is None or not draws_a_pdf(rule, data["document"]):
        return ()
    layout, look = rule.template.layout, look_for(rule.template)
    return tuple(
        File(
            file_name=f"{_stem_in(rule, data['document'], language)}.pdf",
            mime_type="application/pdf",
            content=make_pdf(layout, data, language=language, brand=look),
            language=language,
            note=lost_signs(data),
        )
        for language in sorted({one.language for one in recipients if _takes_files(one)})
    )


def _stem_in(rule: Rule, document: Document, language: str) -> str:
    """The reader's language holds for the name of the file as well."""
    label = label_by(rule.source.connector, document, language)
    return file_stem({**document, "label": label})


def _sheets(rule: Rule, document: Document, recipients: list[Recipient]) -> tuple[File, ...]:
    """A change of many records is told with all of them in a sheet."""
    return tuple(
        File(
            file_name=file_name(str(document.get("label") or ""), "xlsx"),
            mime_type=XLSX,
            content=sheet_of(rule.source.slug, str(document.get("key")), language=language),
            language=language,
        )
        for language in sorted({one.language for one in recipients if _takes_files(one)})
    )


def _takes_files(recipient: Recipient) -> bool:
    ways = {recipient.channel, *(other.channel for other in recipient.alternatives)}
    return any(channel_of(way).carries_files for way in ways)


def file_stem(document: Document) -> str:
    """Name the file after the document: “Orden OC-001” → “Orden-OC-001” (S27), changed “…-v2”."""
    text = str(document.get("label") or document.get("number") or document.get("type") or "pdf")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.")[:80] or "documento"
    edition = str(document.get("edition") or "1")
    is_new = bool(document.get("changes")) and edition.isdigit() and edition != "1"
    return f"{stem}-v{edition}" if is_new else stem
