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

from emailketing.channels.catalogue import channel_of
from emailketing.common.language import active_language
from emailketing.common.said import sentence_of
from emailketing.common.unwanted import OnUnwanted
from emailketing.content.look import default_brand, look_of
from emailketing.content.render import Rendered, RenderFailed
from emailketing.content.store import StoreFull
from emailketing.triggers.reports.definition.button import buttons_of
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
from emailketing.web.console.frame.waited import waited_for
from emailketing.web.console.reports.editor import FORMS, EditorView
from emailketing.web.console.reports.step_who import MOST_PEOPLE, WhoForm
from emailketing.web.console.reports.views import CHANGES, OneReport
from emailketing.web.console.shown.mail import bytes_answer
from emailketing.web.console.shown.preview import data_address, view_of
from emailketing.web.console.templates_.phone import phone_view

AT_ONCE = 2  # previews; a page that comes then asks again by itself
A_MOMENT = 5.0  # seconds: until one has ended
LONGEST_PART = 200
OF_ASKING = frozenset({"listing", "values", "source", "compare"})
OF_LOOKS = frozenset({"chart", "figures", "order", "top", "only_if", "files"})


class PreviewRefused(Exception):
    """There is nothing to be seen now; one sentence says why."""


class PreviewBusy(PreviewRefused):
    """Others are being made; this one can be made in some seconds."""

    def __init__(self) -> None:
        super().__init__(_("Other previews are being made: ask again in some seconds."))


class _Room:
    """How many previews are made at once in this process."""

    def __init__(self, most: int) -> None:
        self._free = threading.BoundedSemaphore(most)

    @contextmanager
    def taken(self, *, waits: bool = False) -> Iterator[Path]:
        """Give a folder that is gone afterwards.

        Args:
            waits: for a moment, for one that ends.

        Raises:
            PreviewBusy: there are enough of them.
        """
        if not self._free.acquire(timeout=A_MOMENT if waits else 0):
            raise PreviewBusy
        try:
            with TemporaryDirectory(prefix="seen-", dir=settings.HOME) as folder:
                yield Path(folder)
        finally:
            self._free.release()


ROOM = _Room(AT_ONCE)


@contextmanager
def _room(request: HttpRequest) -> Iterator[tuple[Path, OnUnwanted]]:
    """Make room for what the page asks.

    Raises:
        PreviewBusy: there is none; a file, which no page asks for again, waits for it.
    """
    match = request.resolver_match  # each step of a draft shows the same preview
    of = f"{match.url_name} {match.kwargs.get('pk')}" if match else ""
    with waited_for(request, of) as waited:
        waits = waited.ends_another or request.method == "GET"
        with ROOM.taken(waits=waits) as folder:
            yield folder, waited.on_unwanted


def previewed(request: HttpRequest, report: Report, part: str) -> ReportPreview:
    """Make it for whoever asks.

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
        with _room(request) as (folder, on_unwanted):
            return preview_report(
                report,
                now=now,
                language=active_language(),
                folder=folder / "seen",
                part=part,
                by=who(request),
                on_unwanted=on_unwanted,
            )
    except (RunEnded, RenderFailed, StoreFull) as error:
        raise PreviewRefused(str(sentence_of(error))) from error
    except RunLost as error:
        raise PreviewRefused(_("Nobody waits for this preview any more.")) from error
    except OSError as error:
        raise PreviewRefused(
            _("The preview cannot be made now: %(why)s") % {"why": error}
        ) from error


def _shown(request: HttpRequest, report: Report) -> Context:
    part = request.POST.get("part", "")[:LONGEST_PART]
    try:
        found = previewed(request, report, part)
    except PreviewRefused as error:
        again = request.path if isinstance(error, PreviewBusy) else ""
        return {"problem": str(error), "again": again, "part": part}
    look, buttons = look_of(default_brand()), buttons_of(report, active_language())
    return {
        "seen": found,
        "part": part,
        "kinds": FILES,
        "mail": view_of(found.mail, look, language=active_language()) if found.mail.html else None,
        "paper": data_address(found.paper, "image/png") if found.paper else "",
        "phones": [
            phone_view(Rendered("", "", text.strip()), channel, buttons.get(channel, ""))
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
        context = _shown(request, self.report)
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
        context = _shown(request, self.report)
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
        found = previewed(request, report, request.GET.get("part", "")[:LONGEST_PART])
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
        values: dict[str, list[str]] = {}
        problem = again = ""
        try:
            values, problem = self._values(str(self.report.rows_by.get("column") or ""))
        except PreviewBusy:
            again = request.path  # what is entered stays in the page until then
        rows = form.person_rows(values)
        if len(rows) > MOST_PEOPLE:
            rows, problem = (
                rows[:MOST_PEOPLE],
                _("There are too many values: use a column with the address or the contact."),
            )
        context: Context = {"form": form, "rows": rows, "problem": problem, "again": again}
        return render(request, "console/reports/people.html", context)

    def _values(self, column: str) -> tuple[dict[str, list[str]], str]:
        """Return the values, or why there are none.

        Raises:
            PreviewBusy: others are asked for now.
        """
        if not column:
            return {}, ""
        try:
            with _room(self.request) as (folder, on_unwanted):
                values = values_now(
                    self.report,
                    column,
                    now=timezone.now(),
                    folder=folder,
                    by=who(self.request),
                    on_unwanted=on_unwanted,
                )
                return values, ""
        except (RunEnded, RunLost) as error:
            return {}, str(sentence_of(error))
