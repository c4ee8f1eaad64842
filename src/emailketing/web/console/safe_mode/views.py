from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.company.identity import CannotConfirm, confirm_safe_mode
from emailketing.company.models import INSTALLATION, SafeMode
from emailketing.company.safe_mode import counts, sentence
from emailketing.company.safe_mode import question as question_of
from emailketing.sources.labels import Labels
from emailketing.sources.models import Source
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConfirmPage
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart

CHANGE = "company.change_safemode"


class ConfirmIdentity(ConfirmPage):
    """Everybody may read why; only an administrator takes the brake off, by POST (C20)."""

    permission_required = ("company.view_safemode",)
    template_name = "console/safe_mode/confirm.html"
    title = gettext_lazy("Safe mode")
    button = gettext_lazy("Yes, this is the right database: write to real recipients")
    done = gettext_lazy("Safe mode is over. Messages take their ordinary way again.")
    asks_reason = True
    is_dangerous = True
    refusals = (CannotConfirm,)

    @property
    def question(self) -> str:
        return question_of(self.mode())

    def mode(self) -> SafeMode:
        return get_object_or_404(SafeMode, pk=self.kwargs["pk"], confirmed_at=None)

    def get_back(self) -> tuple[str, str]:
        return _("Dashboard"), reverse("console:dashboard")

    def post(self, request: HttpRequest, *args: str, **kwargs: UrlPart) -> HttpResponse:
        if not self.user.has_perm(CHANGE):
            return self.handle_no_permission()
        return super().post(request, *args, **kwargs)

    def act(self, reason: str) -> None:
        mode = self.mode()
        if not reason:
            raise Http404
        confirm_safe_mode(mode, why=reason, by=who(self.request), now=timezone.now())

    def get_context_data(self, **kwargs: Shown) -> Context:
        mode = self.mode()
        slug = mode.scope.removeprefix("source:")
        source_pk = Source.objects.filter(slug=slug).values_list("pk", flat=True).first()
        names = sorted({*mode.registered, *mode.found})
        return super().get_context_data(
            mode=mode,
            said=sentence(mode, Labels().source(mode.scope.removeprefix("source:"))),
            counts=counts(mode),
            is_restored=mode.kind == SafeMode.Kind.RESTORED,
            is_taken_over=mode.kind == SafeMode.Kind.TAKEN_OVER,
            source_pk=source_pk,
            is_ours=mode.scope == INSTALLATION,
            rows=[
                (mark_words(name), mode.registered.get(name, "—"), mode.found.get(name, "—"))
                for name in names
            ],
            may_confirm=self.user.has_perm(CHANGE),
            **kwargs,
        )


def mark_words(name: str) -> str:
    """What marks a database, in words."""
    words = {
        "path": _("file"),
        "inode": _("number of the file on the disk"),
        "device": _("disk"),
        "system": _("server"),
        "oid": _("number of the database on the server"),
        "database": _("name of the database"),
        "database_oid": _("number of the database on the server"),
        "system_identifier": _("server"),
        "installation": _("our mark"),
    }
    return words.get(name, name)
