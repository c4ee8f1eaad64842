"""/r/<token>: the page of a report for one reader, its chart and its files (P11).

GET and HEAD change nothing but the count of looks; the PIN comes by POST. No cookie: after the PIN
a pass of half an hour stands in the addresses of the page.
"""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from emailketing.company.models import Company
from emailketing.links.models import SignedLink
from emailketing.links.pins import PinClosed, is_let_in, pass_of, try_pin
from emailketing.links.signed import LinkOver, LinkUnknown, note_look, open_link
from emailketing.triggers.reports.definition.pages import PAGE
from emailketing.triggers.reports.running.page import (
    PageAsked,
    PageGone,
    chart_of_page,
    file_of,
    page_of,
    report_of_link,
)
from emailketing.web.public.machines import is_machine
from emailketing.web.public.trouble import not_found, over

LONGEST = 120
LONGEST_PIN = 20
LONGEST_NUMBER = 6
KINDS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
}


@login_not_required
@csrf_exempt  # no cookie, so nothing to misuse: the address itself is the right
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, token: str) -> HttpResponse:
    try:
        link = open_link(token, PAGE, timezone.now())
    except LinkUnknown:
        return not_found(request)
    except LinkOver as error:
        return over(error.link)
    with translation.override(link.language):
        return _shown(request, link, token)


def _shown(request: HttpRequest, link: SignedLink, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        hashed = report_of_link(link).pin_secret
        given = request.POST.get("pin", "")[:LONGEST_PIN]
        letter = request.GET.get("pass", "")[:LONGEST]
        if hashed and request.method == "POST":
            if not try_pin(link, given, hashed, now):
                return _ask_pin(link, _("This PIN is not right."), 403)
            letter = pass_of(link, hashed, now)
        elif hashed and not is_let_in(link, hashed, letter, now):
            return _ask_pin(link)
        page = page_of(link, _asked(request))
    except PinClosed:
        sentence = _("Too many wrong PINs. Try again in a quarter of an hour.")
        return _ask_pin(link, sentence, 429)
    except PageGone:
        return over(link)
    if not {"by", "page"} & request.GET.keys():  # sorting and leafing are no look of their own
        note_look(link, now, is_machine=is_machine(request, is_first=link.looks == 0))
    words = {
        "language": link.language,
        "page": page,
        "view": page.view,
        "company": Company.get(),
        "table": page.table,
        "files": page.files,
        "link": link,
        "here": f"/r/{token}",
        "pass": urlencode({"pass": letter}) if letter else "",
        "sorted": _sorted(request),
        "until": page.kept_until.expires_at,
    }
    return render(request, "public/report.html", words)


def _ask_pin(link: SignedLink, problem: str = "", status: int = 200) -> HttpResponse:
    words = {"language": link.language, "problem": problem}
    return render(None, "public/pin.html", words, status=status)


def _asked(request: HttpRequest) -> PageAsked:
    number = request.GET.get("page", "1")[:LONGEST_NUMBER]
    return PageAsked(
        by=request.GET.get("by", "")[:LONGEST],
        is_down=request.GET.get("down") == "1",
        number=int(number) if number.isascii() and number.isdecimal() else 1,
    )


def _sorted(request: HttpRequest) -> str:
    """Return what keeps the order in the links to other pages of the table."""
    asked = {name: request.GET[name][:LONGEST] for name in ("by", "down") if name in request.GET}
    return urlencode(asked)


@login_not_required
@require_safe
def report_file(request: HttpRequest, token: str, ending: str) -> HttpResponse:
    try:
        link = _let_in(request, token)
        path = file_of(link, ending)
        content = path.read_bytes()  # the gate holds an answer whole, however it is made
    except (LinkUnknown, PageGone, OSError):
        return not_found(request)
    except LinkOver as error:
        return over(error.link)
    response = HttpResponse(content, content_type=KINDS[ending])
    response.headers["Content-Disposition"] = content_disposition_header(True, path.name)
    return response


@login_not_required
@require_safe
def report_chart(request: HttpRequest, token: str) -> HttpResponse:
    try:
        content = chart_of_page(_let_in(request, token))
    except (LinkUnknown, LinkOver, PageGone):
        return not_found(request)
    return HttpResponse(content, content_type="image/png")


def _let_in(request: HttpRequest, token: str) -> SignedLink:
    """Return the link where its report's PIN was given, if it has one.

    Raises:
        LinkUnknown, LinkOver, PageGone: nothing is shown.
    """
    now = timezone.now()
    link = open_link(token, PAGE, now)
    hashed = report_of_link(link).pin_secret
    if hashed and not is_let_in(link, hashed, request.GET.get("pass", "")[:LONGEST], now):
        raise LinkUnknown
    return link
