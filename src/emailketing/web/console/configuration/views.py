"""Copy the configuration from one installation to another; nothing changes before it was seen."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from emailketing.configuration import (
    ConfigurationInvalid,
    apply,
    diff,
    hand_out,
    switches,
)
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import UrlPart
from emailketing.web.console.shown.mail import bytes_answer

LARGEST = 20_000_000  # bytes; logos are in it
CHIEFS = ("company.change_company",)


class FileUnreadable(Exception):
    """The file cannot be read; the message is one sentence."""


class Configuration(ConsolePage):
    """GET: write out, or choose a file; POST: show what the file would change."""

    permission_required = CHIEFS
    template_name = "console/configuration/configuration.html"
    title = gettext_lazy("Copy the configuration")

    def get_back(self) -> tuple[str, str]:
        return _("Company"), reverse("console:company")

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        try:
            text = uploaded(request)
            found = diff(text)
        except (FileUnreadable, ConfigurationInvalid) as error:
            context = self.get_context_data(problem=str(error))
            return self.render_to_response(context, status=422)
        return self.render_to_response(
            self.get_context_data(
                text=text, found=found, switches=switches(text), was_compared=True
            )
        )


def uploaded(request: HttpRequest) -> str:
    """Return the text of the chosen file.

    Raises:
        Unreadable: one sentence.
    """
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise FileUnreadable(_("Choose a file first."))
    if (file.size or 0) > LARGEST:
        raise FileUnreadable(_("The file is larger than any configuration. Choose another."))
    try:
        return bytes(file.read()).decode()
    except UnicodeDecodeError as error:
        text = _("%(file)s is not a text file in UTF-8.") % {"file": file.name}
        raise FileUnreadable(text) from error


class ExportConfiguration(ConsoleView):
    permission_required = CHIEFS

    def get(self, request: HttpRequest, **_kwargs: UrlPart) -> HttpResponse:
        day = timezone.localtime().date()
        text = hand_out(by=who(request), now=timezone.now()).encode()
        return bytes_answer(text, f"configuracion-{day:%Y-%m-%d}.toml", "application/toml")


class Apply(ConsoleView):
    """Take over what was shown: the very text goes back and forth, so it is what was seen."""

    permission_required = CHIEFS
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        text = request.POST.get("text", "").replace("\r\n", "\n")
        try:
            applied = apply(text, by=who(request), now=timezone.now())
        except ConfigurationInvalid as error:
            messages.error(request, str(error))
            return redirect("console:configuration")
        count = len(applied.differences)
        done = ngettext("Taken over: %(count)s thing.", "Taken over: %(count)s things.", count)
        messages.success(request, done % {"count": count})
        for notice in applied.notices:
            messages.warning(request, notice)
        return redirect("console:configuration")
