"""The page of the public address: test it, have it opened from outside."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.links.check_address import check_address
from emailketing.links.outside import NotFromOutside, ask_from_outside
from emailketing.links.public_address import known_address, public_url, why_no_links
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart

CHANGES = "company.change_company"


class PublicAddressPage(ConsolePage):
    permission_required = ("company.view_company",)
    title = gettext_lazy("Links in messages")
    template_name = "console/public_address/public_address.html"

    def get_back(self) -> tuple[str, str]:
        return _("Company"), reverse("console:company")

    def get_context_data(self, **kwargs: Shown) -> Context:
        known = known_address()
        until = str(known.certificate.get("until", ""))
        return super().get_context_data(
            known=known,
            until=datetime.fromisoformat(until) if until else None,
            why=why_no_links(timezone.now()),
            port=settings.PUBLIC_PORT,
            can_change=self.user.has_perm(CHANGES),
            **kwargs,
        )

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        if not self.user.has_perm(CHANGES):
            return HttpResponse(status=403)
        now = timezone.now()
        if request.POST.get("do") == "outside":
            try:
                link = ask_from_outside(by=who(request), now=now)
            except NotFromOutside as error:
                messages.error(request, str(error))
                return redirect("console:public_address")
            return self.render_to_response(self.get_context_data(link=link))
        if public_url():
            known = check_address(now)
            if known.problem:
                messages.error(request, known.problem_in_words)
            else:
                messages.success(request, _("It answers."))
        return redirect("console:public_address")
