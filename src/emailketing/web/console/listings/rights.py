"""An administrator chooses who sees a listing."""

from typing import ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from emailketing.accounts.models import User
from emailketing.listings.right import (
    CHANGE_RIGHT,
    RightInvalid,
    choose_right,
    open_to_everybody,
    who_sees,
)
from emailketing.web.console.forms.numbers import whole
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.shapes import UrlPart
from emailketing.web.console.listings.views import VIEW, OneListing


class ChooseSeers(OneListing):
    permission_required: ClassVar[tuple[str, ...]] = (VIEW, CHANGE_RIGHT)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        by, now, name = who(request), timezone.now(), self.known.name
        numbers = [whole(each) or 0 for each in request.POST.getlist("users")]
        try:
            if request.POST.get("who") == "everybody":
                open_to_everybody(name, by=by, now=now)
            else:
                users = list(User.objects.filter(pk__in=numbers))
                roles = request.POST.getlist("roles")
                choose_right(name, roles=roles, users=users, by=by, now=now)
        except RightInvalid as error:
            messages.error(request, str(error))
        else:
            words = {"name": self.known.label, "who": who_sees(name)}
            messages.success(request, _("%(name)s is seen by: %(who)s.") % words)
        return redirect("console:listing", name=name)
