"""What a report would send now, beside its editor: on today's data, and nothing of it is kept.

The reading belongs to `listings.reading`: it delays no save, has a limit of time and rows, and a
page asks for it only once it is there.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from emailketing.accounts.who import Who
from emailketing.channels.catalogue import channel_of
from emailketing.common.language import active_language
from emailketing.common.said import sentence_of
from emailketing.content.look import default_brand, look_of
from emailketing.content.render import Rendered, RenderFailed
from emailketing.content.store import StoreFull
from emailketing.triggers.reports.definition.checks import FILES, UNKNOWN, report_problems
from emailketing.triggers.reports.definition.save import choose_usual_texts
from emailketing.triggers.reports.models import Report
from emailketing.triggers.reports.running.ended import RunEnded, RunLost
from emailketing.triggers.reports.running.preview import (
    ReportPreview,
    preview_report,
    values_now,
)
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.shapes import Context, UrlPart
from emailketing.web.console.reports.editor import FORMS, EditorView
from emailketing.web.console.reports.step_who import MOST_PEOPLE, WhoForm
from emailketing.web.console.reports.views import CHANGES, OneReport
from emailketing.web.console.shown.mail import bytes_answer
from emailketing.web.console.shown.preview import data_address, view_of
from emailketing.web.console.templates_.phone import phone_view

AT_ONCE = 2  # previews; whoever comes then is told to ask again
LONGEST_PART = 200
OF_ASKING = frozenset({"listing", "values", "source", "compare"})
OF_LOOKS = frozenset({"chart", "figures", "order", "top", "only_if", "files"})


class PreviewRefused(Exception):
    """There is nothing to be seen now; one sentence says why."""


class _Room:
    """How many previews are made at once in this process."""

    def __init__(self, most: int) -> None:
        self._free = threading.BoundedSemaphore(most)

    @contextmanager
    def taken(self) -> Iterator[Path]:
        """Give a folder that is gone afterwards.

        Raises:
            PreviewRefused: there are enough of them.
        """
        if not self._free.acquire(blocking=False):
            raise PreviewRefused(_("Other previews are being made: ask again in some seconds."))
        try:
            with TemporaryDirectory(prefix="seen-", dir=settings.HOME) as folder:
                yield Path(folder)
        finally:
            self._free.release()


ROOM = _Room(AT_ONCE)


def previewed(report: Report, part: str, by: Who) -> ReportPreview:
    """Make it.

    Raises:
        PreviewRefused: it cannot be made; one sentence.
    """
    now = timezone.now()
    needed = OF_ASKING | OF_LOOKS
    for problem in report_problems(report, now=now, columns=UNKNOWN):
        if problem.place.partition(".")[0] in needed:
            raise PreviewRefused(str(problem))
    choose_usual_texts(report, now)
    try:
        with ROOM.taken() as folder:
            return preview_report(
                report,
                now=now,
                language=active_language(),
                folder=folder / "seen",
                part=part,
                by=by,
            )
    except (RunEnded, RenderFailed, StoreFull) as error:
        raise PreviewRefused(str(sentence_of(error))) from error
    except (RunLost, OSError) as error:
        raise PreviewRefused(
            _("The preview cannot be made now: %(why)s") % {"why": error}
        ) from error


def _shown(report: Report, part: str, by: Who) -> Context:
    try:
        found = previewed(report, part, by)
    except PreviewRefused as error:
        return {"problem": str(error)}
    look = look_of(default_brand())
    return {
        "seen": found,
        "part": part,
        "kinds": FILES,
        "mail": view_of(found.mail, look, language=active_language()) if found.mail.html else None,
        "paper": data_address(found.paper, "image/png") if found.paper else "",
        "phones": [
            phone_view(Rendered("", "", text.strip()), channel)
            for channel, text in found.phones.items()
            if channel_of(channel).is_phone
        ],
    }


class SeeDraft(EditorView):
    """Keeps what was entered so far, and shows what would go out."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        step = str(self.kwargs["step"])
        if self.draft is None or step not in FORMS:
            raise Http404
        form = self.form(step, is_sent=True)
        form.read()
        self.keep(asks=True)
        context = _shown(self.report, request.POST.get("part", "")[:LONGEST_PART], who(request))
        context |= {"draft": self.draft, "step": step}
        return render(request, "console/reports/seen.html", context)


class DraftFile(EditorView):
    """A file as it would go along now, made anew for whoever wants it."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        if self.draft is None:
            raise Http404
        return _file(request, self.report, str(self.kwargs["kind"]))


class SeeReport(OneReport):
    """A saved report as it would go out now."""

    permission_required = (CHANGES,)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        context = _shown(self.report, request.POST.get("part", "")[:LONGEST_PART], who(request))
        return render(request, "console/reports/seen.html", context | {"report": self.report})


class PreviewedFile(OneReport):
    permission_required = (CHANGES,)
    http_method_names = ["get"]

    def get(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        return _file(request, self.report, str(self.kwargs["kind"]))


def _file(request: HttpRequest, report: Report, kind: str) -> HttpResponse:
    if kind not in FILES:
        raise Http404
    report.files = [kind]
    try:
        found = previewed(report, request.GET.get("part", "")[:LONGEST_PART], who(request))
    except PreviewRefused as error:
        return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
    if not found.files:
        raise Http404
    file = found.files[0]
    return bytes_answer(file.content, file.file_name, file.mime_type)


class People(EditorView):
    """The table of whose rows are whose, with the values that stand in the data of today."""

    http_method_names = ["post"]

    @cached_property
    def who_form(self) -> WhoForm:
        form = self.form("who", is_sent=True)
        form.read()
        if not isinstance(form, WhoForm):
            raise Http404
        return form

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        if self.draft is None:
            raise Http404
        form = self.who_form
        if self.report.rows_by.get("kind") != "people":
            return HttpResponse("")
        values, problem = self._values(str(self.report.rows_by.get("column") or ""))
        rows = form.person_rows(values)
        if len(rows) > MOST_PEOPLE:
            rows, problem = (
                rows[:MOST_PEOPLE],
                _("There are too many values: use a column with the address or the contact."),
            )
        context: Context = {"form": form, "rows": rows, "problem": problem}
        return render(request, "console/reports/people.html", context)

    def _read(self, column: str, folder: Path) -> list[str]:
        now, by = timezone.now(), who(self.request)
        return values_now(self.report, column, now=now, folder=folder, by=by)

    def _values(self, column: str) -> tuple[list[str], str]:
        if not column:
            return [], ""
        try:
            with ROOM.taken() as folder:
                return self._read(column, folder), ""
        except PreviewRefused as error:
            return [], str(error)
        except RunEnded as error:
            return [], str(sentence_of(error))
