"""/c/<token>: a reader changes how often he gets a report, pauses it or ends it (P9, U1–U3).

GET shows buttons and changes nothing: programs follow links, they press no button. No cookie.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from emailketing.links.models import SignedLink
from emailketing.links.signed import LinkOver, LinkUnknown, open_link
from emailketing.triggers.reports.definition.readers import (
    COPY,
    ChoiceUnknown,
    CopyPlace,
    choose_copy,
    reader_at,
    state_sentence,
    state_word,
)
from emailketing.triggers.reports.running.page import PageGone, report_of_link
from emailketing.web.public.trouble import not_found, over

LONGEST = 12


@login_not_required
@csrf_exempt  # no cookie, so nothing to misuse: the address itself is the right
@require_http_methods(["GET", "HEAD", "POST"])
def own_copy(request: HttpRequest, token: str) -> HttpResponse:
    try:
        link = open_link(token, COPY, timezone.now())
    except LinkUnknown:
        return not_found(request)
    except LinkOver as error:
        return over(error.link)
    with translation.override(link.language):
        return _answer(request, link)


def _answer(request: HttpRequest, link: SignedLink) -> HttpResponse:
    try:
        report = report_of_link(link)
    except PageGone:
        return over(link)
    place, is_done = CopyPlace(link.channel, link.address), request.method == "POST"
    if is_done:
        choice = request.POST.get("do", "")[:LONGEST]
        by = _("reader %(address)s, by his link") % {"address": link.address}
        try:
            choose_copy(report, place, choice, by=by, now=timezone.now())
        except ChoiceUnknown:
            is_done = False
    reader = reader_at(report, place)
    words = {
        "language": link.language,
        "report": report,
        "address": link.address,
        "state": state_sentence(reader, link.language),
        "word": state_word(reader).split(" ")[0],
        "is_done": is_done,
        "choices": [
            ("each", _("Send it each time")),
            ("weekly", _("At most once a week")),
            ("monthly", _("At most once a month")),
            ("pause", _("Pause for 30 days")),
            ("end", _("Do not send it to me any more")),
        ],
    }
    return render(request, "public/copy.html", words)
