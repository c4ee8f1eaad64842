"""The steps of the assistant, which are done, and the page that leads to the first open one."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels.models import InboxMessage, Sender
from emailketing.company.models import Company
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Rule
from emailketing.web.console.frame.pages import ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart

BEGUN = "setup"  # in the session: the configuring pages then lead back here
PERMISSION = ("company.change_company",)


@dataclass(frozen=True, slots=True)
class FirstRunStep:
    name: str
    title: str
    is_done: bool

    @property
    def url(self) -> str:
        return reverse(f"console:{self.name}")


def steps() -> list[FirstRunStep]:
    return [
        FirstRunStep("setup_company", _("Company"), Company.get().setup_at is not None),
        FirstRunStep("setup_source", _("Business system"), has_source()),
        FirstRunStep("setup_sender", _("Sender"), Sender.objects.exists()),
        FirstRunStep("setup_rule", _("First rule"), Rule.objects.exists()),
        FirstRunStep("setup_test", _("Test message"), InboxMessage.objects.exists()),
    ]


def has_source() -> bool:
    return Source.objects.exclude(installed_at=None).exists()


def is_set_up() -> bool:
    """Whether the assistant has nothing left to do (a test message may still be missing)."""
    return (
        Company.get().setup_at is not None
        and has_source()
        and Sender.objects.exists()
        and Rule.objects.exists()
    )


class SetupPage(ConsolePage):
    """One step: its place among the others, “later” leads to the next."""

    permission_required = PERMISSION
    name = ""
    title = gettext_lazy("First steps")

    def get_context_data(self, **kwargs: Shown) -> Context:
        self.request.session[BEGUN] = True  # whichever way led here
        all_steps = steps()
        names = [step.name for step in all_steps]
        place = names.index(self.name) if self.name in names else len(names)
        done = sum(step.is_done for step in all_steps)
        return super().get_context_data(
            setup_steps=all_steps,
            setup_now=self.name,
            later=self.next_url(),
            before=all_steps[place - 1].url if place else "",
            progress=round(100 * (done + 1) / (len(all_steps) + 1)),
            **kwargs,
        )

    def next_url(self) -> str:
        names = [step.name for step in steps()]
        if self.name in names[:-1]:
            return reverse(f"console:{names[names.index(self.name) + 1]}")
        return reverse("console:setup_done")

    def go_on(self) -> HttpResponse:
        return redirect(self.next_url())


class Overview(ConsoleView):
    """Go on where it was left: the first step that is not done."""

    permission_required = PERMISSION

    def get(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        request.session[BEGUN] = True
        open_steps = [step for step in steps() if not step.is_done]
        return redirect(open_steps[0].url if open_steps else "console:setup_done")
