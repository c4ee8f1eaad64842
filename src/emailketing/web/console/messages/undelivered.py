"""All that did not arrive and nobody has looked after yet."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.triggers.notifications.afterwards.seen import take_care, to_look_after
from emailketing.triggers.notifications.models import Undelivered
from emailketing.web.console.dashboard.lost import what_to_do
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.messages.decide import CHANGE
from emailketing.web.console.messages.views import VIEW

PER_PAGE = 50


class UndeliveredList(ConsolePage):
    permission_required = VIEW
    template_name = "console/messages/undelivered.html"
    title = gettext_lazy("Did not arrive")

    def get_back(self) -> tuple[str, str]:
        return _("Messages"), reverse("admin:outbox_message_changelist")

    def get_context_data(self, **kwargs: Shown) -> Context:
        page = Paginator(to_look_after(), PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            page=page,
            rows=[(lost, what_to_do(lost)) for lost in page.object_list],
            can_change=self.user.has_perms(CHANGE),
            **kwargs,
        )


class TakeCare(ConsoleView):
    """POST only: somebody has told the person in another way, or put the address right."""

    permission_required = CHANGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **kwargs: UrlPart) -> HttpResponse:
        lost = get_object_or_404(Undelivered.objects.select_related("message"), pk=kwargs["pk"])
        if take_care(lost, by=who(request), now=timezone.now()):
            messages.success(request, _("Taken care of: %(name)s") % {"name": lost.message.subject})
        return redirect("console:undelivered")
