"""The sheet that goes with a message about many records: all of them, from what was captured."""

from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.company.models import Company
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.xlsx import MOST_ROWS, xlsx_bytes
from emailketing.sources.audit.search import columns, lines
from emailketing.sources.models import CapturedChange


def sheet_of(source: str, key: str, *, language: str) -> bytes:
    """Return the workbook of everything told under this key, in the order it happened."""
    changes = CapturedChange.objects.filter(source__slug=source, audit_key=key)
    ordered = changes.select_related("source").order_by("pk").iterator(chunk_size=500)
    with translation.override(language):
        frame = SheetFrame(title=_("Changes"), zone=Company.get().time_zone, language=language)
        return xlsx_bytes(columns(), lines(ordered, most=MOST_ROWS - 1), frame)
