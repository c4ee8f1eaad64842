"""/u/<token>: a reader ends what he gets, or chooses of it; /c/<token>: the same, of older mails.

GET and HEAD show buttons and change nothing: programs follow links, they press no button. POST with
`List-Unsubscribe=One-Click` is the button of a mail program (RFC 8058): one short page, without a
redirect. No cookie; whose wishes they are only the token says (U1-U3, S17, S18).
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from emailketing.company.models import Company
from emailketing.links.models import SignedLink
from emailketing.links.out import OUT
from emailketing.links.signed import LinkOver, LinkUnknown, open_link
from emailketing.preferences.choose import Chosen, Via, WishUnknown, choose, end_by_link
from emailketing.preferences.show import preferences_of
from emailketing.triggers.reports.definition.readers import COPY
from emailketing.web.public.trouble import not_found, out_of_date

FIELD, ONE_CLICK = "List-Unsubscribe", "One-Click"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
LONGEST = 100
MOST_BYTES = 100  # of a body that does not say what it is


@login_not_required
@csrf_exempt  # no cookie, so nothing to misuse: the address itself is the right
@require_http_methods(["GET", "HEAD", "POST"])
def way_out(request: HttpRequest, token: str) -> HttpResponse:
    return _answer(request, token, OUT)


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def own_copy(request: HttpRequest, token: str) -> HttpResponse:
    return _answer(request, token, COPY)


def _answer(request: HttpRequest, token: str, purpose: str) -> HttpResponse:
    now = timezone.now()
    try:
        link = open_link(token, purpose, now)
    except LinkUnknown:
        return not_found(request)
    except LinkOver as error:
        return out_of_date(error.link)
    done = None
    if request.method == "POST":
        with translation.override(link.language):
            try:
                done = _do(request, link)
            except WishUnknown:  # a button of a page that is no longer so
                done = Chosen(_("That cannot be chosen any more. See how it stands now."))
    with translation.override(link.language):  # maybe another one since
        words = {
            "language": link.language,
            "company": Company.get().name,
            "page": preferences_of(link),
            "done": done,
        }
        return render(request, "public/way_out.html", words)


def _do(request: HttpRequest, link: SignedLink) -> Chosen | None:
    """Do what was sent; nothing where nothing was chosen.

    Raises:
        WishUnknown: it cannot be chosen.
    """
    now = timezone.now()
    if _is_one_click(request):
        return end_by_link(link, via=Via.ONE_CLICK, now=now)
    choice = request.POST.get("do", "")[:LONGEST]
    return choose(link, choice, now=now) if choice else None


def _is_one_click(request: HttpRequest) -> bool:
    """Whether a mail program sent it; some do not say which form their body has."""
    if request.content_type in FORMS:
        return request.POST.get(FIELD) == ONE_CLICK
    return request.body[:MOST_BYTES].strip() == f"{FIELD}={ONE_CLICK}".encode()
