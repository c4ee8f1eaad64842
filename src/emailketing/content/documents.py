"""Documents: a Typst layout and plain data become a PDF; the same data gives the same bytes.

Layouts are files that an administrator puts on the machine; data reaches them as JSON and is
never evaluated as markup. They see no file outside their own folder and no network (S15).
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import typst
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from emailketing.common.plain import Values
from emailketing.content import glyphs
from emailketing.content.declared import LAYOUTS, layouts_brought
from emailketing.content.document_view import document_view, printable_data
from emailketing.content.formats import NotAValue
from emailketing.content.kinds import local
from emailketing.content.logo import as_svg
from emailketing.content.look import BrandLook
from emailketing.content.typeset import NotTypeset, typesetting

PARTS = LAYOUTS / "packages"  # `#import "@emailketing/parts:1.0.0": *` in any layout
NAME = re.compile(r"^[a-z0-9-]+$")
FOREIGN = re.compile(r"@(?!emailketing/)[\w-]+/[\w-]+:")
MOST_LINES = 3_000
MOST_SIGNS_TOLD = 20
MOST_BYTES = 20_000_000
PICTURE_PPI = 110.0
Form = Literal["pdf", "png"]


class DocumentFailed(Exception):
    """A PDF cannot be made; the message is one sentence that says why."""


def make_pdf(layout: str, data: Values, *, language: str, brand: BrandLook) -> bytes:
    """Return the document as PDF.

    Args:
        layout: a name out of `layouts()`, or the path of a connector's own .typ file.
        data: what templates get: document, company, event, before.
        language: es, en or pt.
        brand: colours, logo and address.

    Raises:
        DocumentFailed: unknown or faulty layout, or data that makes no document.
    """
    pdf = _typeset(layout, data, language=language, brand=brand)[0]
    if len(pdf) > MOST_BYTES:
        raise DocumentFailed(_("The PDF is larger than 20 MB; mail servers refuse it."))
    return pdf


def draw_pages(layout: str, data: Values, *, language: str, brand: BrandLook) -> list[bytes]:
    """Return the pages as PNG pictures, for whoever designs and tries out.

    Raises:
        DocumentFailed: as `make_pdf`.
    """
    return _typeset(layout, data, language=language, brand=brand, form="png")


def _typeset(
    layout: str, data: Values, *, language: str, brand: BrandLook, form: Form = "pdf"
) -> list[bytes]:
    path = layout_path(layout)
    longest = max((len(rows) for rows in _lists(data.get("document"))), default=0)
    if longest > MOST_LINES:
        sentence = _("The document has %(count)s lines; a PDF takes at most %(most)s.")
        raise DocumentFailed(sentence % {"count": longest, "most": MOST_LINES})
    try:
        view = document_view(data, language=language, brand=brand)
    except NotAValue as error:
        sentence = _("“%(value)s” in the document is not a number or a date.")
        raise DocumentFailed(sentence % {"value": str(error)[:80]}) from error
    signs = glyphs.unusual(view)
    if signs:
        view = glyphs.replaced(view, glyphs.lost(signs))
    inputs = {"data": json.dumps(view), "logo": as_svg(brand.logo)}
    return _compile(path, inputs, _made_at(data), form, bool(signs))


def lost_signs(data: Values) -> str:
    """Say which signs of the document stand as a box on paper because no font shows them, or ""."""
    lost = glyphs.lost(glyphs.unusual(printable_data(data)))
    if not lost:
        return ""
    sentence = _("The PDF shows □ for signs that no font on this machine has: %(signs)s")
    return sentence % {"signs": " ".join(lost[:MOST_SIGNS_TOLD])}


def _lists(document: Any) -> list[list[Any]]:
    members = document.values() if isinstance(document, dict) else ()
    return [member for member in members if isinstance(member, list)]


def layouts() -> list[tuple[str, str]]:
    """Return the layouts there are: (name, title); those that ship, connectors' and our own."""
    shipped = [
        ("purchase-order", _("Purchase order")),
        ("purchase-order-changed", _("Changed purchase order")),
        ("quotation", _("Quotation")),
        ("payment-order", _("Payment order")),
        ("receipt", _("Receipt")),
        ("cash-closing", _("Cash closing")),
    ]
    language = (get_language() or "es")[:2]
    for name, brought in layouts_brought().items():
        shipped.append((name, local(brought.title, language)))
    known = dict(shipped)
    own = [file for file in sorted(own_layouts().glob("*.typ")) if NAME.match(file.stem)]
    return [*shipped, *((file.stem, _title(file)) for file in own if file.stem not in known)]


def own_layouts() -> Path:
    """The folder for the company's own layouts."""
    return Path(settings.HOME) / "layouts"


def _title(file: Path) -> str:
    """The first line of a layout, where it is a comment: // Delivery note."""
    with suppress(OSError, ValueError):
        first = file.read_text(encoding="utf-8").partition("\n")[0]
        return first.removeprefix("//").strip() if first.startswith("//") else file.stem
    return file.stem


def layout_path(layout: str) -> Path:
    """Find the file of a layout: by its name, or a connector's by its path.

    Raises:
        DocumentFailed: there is none, or it wants something from outside.
    """
    unknown = _("There is no document layout “%(name)s”.") % {"name": layout[:200]}
    path = Path(layout)
    if NAME.match(layout):
        path = LAYOUTS / f"{layout}.typ"
        if not path.exists():
            brought = layouts_brought().get(layout)
            path = brought.path if brought else own_layouts() / f"{layout}.typ"
    if path.suffix != ".typ" or not path.is_absolute():
        raise DocumentFailed(unknown)
    try:
        # what it includes stands beside it
        sources = [file.read_text(encoding="utf-8") for file in {path, *path.parent.glob("*.typ")}]
    except (OSError, ValueError) as error:
        raise DocumentFailed(unknown) from error
    if any(FOREIGN.search(source) for source in sources):
        sentence = _("The layout “%(name)s” imports a package from outside; only our parts may be.")
        raise DocumentFailed(sentence % {"name": layout})
    return path


def _compile(
    path: Path, inputs: dict[str, str], made_at: datetime, form: Form, is_unusual: bool
) -> list[bytes]:
    beside = {path, *path.parent.glob("*.typ")}
    changed_at = max(file.stat().st_mtime_ns for file in beside)
    return list(_compiled(path, changed_at, tuple(inputs.items()), made_at, form, is_unusual))


@lru_cache(maxsize=6)  # drawn ahead for each reader's language, then taken when it is written
def _compiled(
    path: Path,
    changed_at: int,  # noqa: ARG001 - part of the key: a layout may be edited
    inputs: tuple[tuple[str, str], ...],
    made_at: datetime,
    form: Form,
    is_unusual: bool,
) -> tuple[bytes, ...]:
    try:
        with typesetting():
            made: bytes | list[bytes] = typst.compile(
                path,
                root=path.parent,
                # none of the machine's where ours suffice: a document looks the same everywhere
                font_paths=glyphs.fonts(with_the_machines=is_unusual),
                ignore_system_fonts=True,
                format=form,
                ppi=PICTURE_PPI if form == "png" else None,
                sys_inputs=dict(inputs),
                package_path=PARTS,
                package_cache_path=PARTS,
                timestamp=made_at,
            )
    except NotTypeset as error:
        sentence = _("The layout “%(name)s” cannot be written out: %(why)s.")
        raise DocumentFailed(sentence % {"name": path.stem, "why": error}) from error
    return tuple(made) if isinstance(made, list) else (made,)


def _made_at(data: Mapping[str, Any]) -> datetime:
    """The instant in the PDF's properties: the event's, so that a retry gives the same bytes."""
    event, document = data.get("event") or {}, data.get("document") or {}
    for text in (event.get("at"), document.get("date")):
        try:
            instant = datetime.fromisoformat(str(text))
        except ValueError:
            continue
        zoned = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
        return zoned.astimezone(UTC).replace(microsecond=0)  # typst refuses them
    return datetime(2000, 1, 1, tzinfo=UTC)
