"""The rows of a look as a file: XLSX, CSV, PDF, all of the same read (P7)."""

from dataclasses import replace
from tempfile import TemporaryFile

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from emailketing.content.look import default_brand, look_of
from emailketing.content.sheet.csv import CSV, write_csv
from emailketing.content.sheet.file_names import file_name
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import KeptMissing
from emailketing.content.sheet.pdf import PDF, PdfContent, PdfFailed, make_sheet_pdf
from emailketing.content.sheet.xlsx import XLSX, write_xlsx
from emailketing.listings.errors import ListingError
from emailketing.listings.look import Look, kept_look
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.shapes import UrlPart
from emailketing.web.console.listings.shown import frame_for
from emailketing.web.console.listings.views import OneListing, asked_words

ENDINGS = ("xlsx", "csv", "pdf")
MOST_WAITED_FOR = 1_500  # rows on paper: whoever clicked waits for them


class ListingFile(OneListing):
    """Takes along what was looked at, in the order it was looked at."""

    def get(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponseBase:
        ending = str(self.kwargs["ending"])
        if ending not in ENDINGS:
            raise Http404
        try:
            look = kept_look(request.GET.get("look", ""), self.known, by=who(request))
            return self._file(look, ending)
        except (ListingError, KeptMissing, PdfFailed) as error:
            messages.error(request, str(error))
            return redirect(reverse("console:listing", args=[self.known.name]))

    def _file(self, look: Look, ending: str) -> HttpResponseBase:
        name = self.request.GET.get("order", "")
        known = {column.name for column in look.sheet.columns}
        order = ((name, self.request.GET.get("down") == "1"),) if name in known else ()
        frame, sheet = self._frame(look), look.sheet
        day = timezone.localtime(look.made_at)
        called = file_name(f"{self.known.label} {day:%Y-%m-%d %H%M}", ending)
        if ending == "csv":
            text = write_csv(sheet.columns, sheet.rows(order=order), frame)
            answer: HttpResponseBase = StreamingHttpResponse(
                text, content_type=f"{CSV}; charset=utf-8"
            )
        elif ending == "pdf":
            shown = PdfContent(order=order, most=MOST_WAITED_FOR)
            answer = HttpResponse(make_sheet_pdf(sheet, shown, frame), content_type=PDF)
        else:
            file = TemporaryFile()  # noqa: SIM115 - the answer closes it
            rows = sheet.rows(order=order)
            write_xlsx(file, sheet.columns, rows, frame, totals=sheet.totals())
            file.seek(0)
            return FileResponse(file, as_attachment=True, filename=called, content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="{called}"'
        return answer

    def _frame(self, look: Look) -> SheetFrame:
        return replace(
            frame_for(self.known.label),
            filters=tuple(asked_words(self.known, look.values)),
            made_at=look.made_at,
            look=look_of(default_brand()),
        )
