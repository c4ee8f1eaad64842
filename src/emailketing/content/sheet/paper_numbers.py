"""Pieces of a paper become one: each page says which of how many it is, which no piece knew."""

import io
import json
from collections.abc import Iterable, Sequence

import typst
from django.utils.translation import gettext as _
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfObject,
)

from emailketing.common.plain import Entry
from emailketing.content import glyphs
from emailketing.content.sheet.paper_pieces import LAYOUT, PdfFailed, Piece

NUMBERS = LAYOUT.with_name("page_numbers.typ")


def put_together(pieces: Iterable[Piece], page: Entry) -> bytes:
    """Return one PDF of all pieces; one that is whole stays as it is.

    Args:
        pieces: in their order.
        page: paper, direction and words, for the numbers of the pages.
    """
    writer = PdfWriter()
    for piece in pieces:
        content = b"".join(piece.content) if isinstance(piece.content, list) else piece.content
        if piece.is_whole:
            return content
        reader = PdfReader(io.BytesIO(content))
        if not writer.pages:
            writer.add_metadata(reader.metadata or {})
            writer.root_object[NameObject("/Lang")] = reader.root_object["/Lang"]
        full = len(reader.pages) if piece.full is None else piece.full
        writer.append(reader, pages=(0, full), import_outline=False)
    _number(writer, _numbers(len(writer.pages), page))
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _numbers(count: int, page: Entry) -> Sequence[PageObject]:
    """Return pages that are empty but for their number."""
    made = typst.compile(
        NUMBERS,
        root=NUMBERS.parent,
        font_paths=glyphs.fonts(with_the_machines=False),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps({**page, "count": count})},
        timestamp=0,
        pdf_tags=False,
    )
    return PdfReader(io.BytesIO(made)).pages


def _number(writer: PdfWriter, numbers: Sequence[PageObject]) -> None:
    """Lay a number over each page; `merge_page` of pypdf would unpack and read them all."""
    before, after = _stream(writer, b"q"), _stream(writer, b"Q q /Number Do Q")
    for page, number in zip(writer.pages, numbers, strict=True):
        resources = _dictionary(page["/Resources"])
        others = _dictionary(resources["/XObject"]) if "/XObject" in resources else {}
        drawn = _form(writer, number).indirect_reference
        page[NameObject("/Resources")] = DictionaryObject(
            {
                **resources,
                NameObject("/XObject"): DictionaryObject({**others, NameObject("/Number"): drawn}),
            }
        )
        page[NameObject("/Contents")] = ArrayObject([before, page.raw_get("/Contents"), after])


def _form(writer: PdfWriter, number: PageObject) -> DictionaryObject:
    """Return what a page draws as something that another page draws."""
    drawn = _dictionary(number["/Contents"].clone(writer))
    drawn[NameObject("/Type")] = NameObject("/XObject")
    drawn[NameObject("/Subtype")] = NameObject("/Form")
    drawn[NameObject("/BBox")] = number.mediabox
    drawn[NameObject("/Resources")] = number["/Resources"].clone(writer)
    return drawn


def _dictionary(found: PdfObject) -> DictionaryObject:
    """Return it as what it is, a stream too; the pages are Typst's, there is no other."""
    if not isinstance(found, DictionaryObject):
        raise PdfFailed(_("The report cannot be set on paper: %(why)s.") % {"why": type(found)})
    return found


def _stream(writer: PdfWriter, drawn: bytes) -> IndirectObject:
    stream = DecodedStreamObject()
    stream.set_data(drawn)
    return writer._add_object(stream)
