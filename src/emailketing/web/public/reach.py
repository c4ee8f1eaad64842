"""/reach/…: our own question to our public address; /outside/…: a person who looks from outside."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from emailketing.links.check_address import answer_to
from emailketing.links.outside import NotFromOutside, confirm_from_outside, is_asked
from emailketing.web.public.trouble import not_found, said


@login_not_required
@require_safe
def reach(request: HttpRequest, token: str) -> HttpResponse:
    answer = answer_to(token[:80], timezone.now())
    if not answer:
        return not_found(request)
    return HttpResponse(answer, content_type="text/plain; charset=utf-8")


@login_not_required
@csrf_exempt  # no cookie, so nothing to misuse: the address itself is the right
@require_http_methods(["GET", "HEAD", "POST"])
def outside(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and changes nothing: programs that look at links open them too."""
    now = timezone.now()
    if not is_asked(token[:80], now):
        return not_found(request)
    if request.method != "POST":
        return render(request, "public/outside.html", {"language": get_language()})
    try:
        confirm_from_outside(token[:80], str(request.META.get("REMOTE_ADDR", "")), now=now)
    except NotFromOutside as error:
        return said(_("Not from outside"), str(error), 409)
    return said(
        _("Thank you"), _("This address is reached from outside: messages carry links now."), 200
    )
