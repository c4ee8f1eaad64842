"""Every revision of a template: look at it, make it the newest again."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels.catalogue import is_phone
from emailketing.content.frozen_look import frozen_look, restore_logo
from emailketing.content.look import BrandLook
from emailketing.content.models import Revision
from emailketing.content.render import RenderFailed, render
from emailketing.content.save import TemplateInvalid
from emailketing.content.save_template import restore_revision
from emailketing.content.store import StoreFull
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConfirmPage, ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown
from emailketing.web.console.shown.preview import view_of
from emailketing.web.console.templates_.phone import phone_view
from emailketing.web.console.templates_.samples import data_for
from emailketing.web.console.templates_.views import OneTemplate


class History(OneTemplate, ConsolePage):
    permission_required = ("content.view_template", "content.view_revision")
    template_name = "console/template/history.html"

    def get_title(self) -> str:
        return _("Revisions of “%(name)s”") % {"name": self.template.name}

    def get_context_data(self, **kwargs: Shown) -> Context:
        revisions = self.template.revisions.order_by("-created_at", "-pk")
        return super().get_context_data(revisions=revisions, template=self.template, **kwargs)


def frozen(revision: Revision) -> BrandLook:
    """The look as it was when the revision was saved."""
    restore_logo(revision)
    return frozen_look(revision)


class OneRevision(ConsoleView):
    @cached_property
    def revision(self) -> Revision:
        revisions = Revision.objects.select_related("template__brand")
        return get_object_or_404(revisions, pk=self.kwargs["pk"])

    def get_back(self) -> tuple[str, str] | None:
        return _("Revisions"), reverse("console:template_history", args=[self.revision.template_id])


class RevisionPage(OneRevision, ConsolePage):
    permission_required = ("content.view_template", "content.view_revision")
    template_name = "console/template/revision.html"

    def get_title(self) -> str:
        values = {
            "name": self.revision.template.name,
            "language": self.revision.get_language_display(),
            "number": self.revision.number,
        }
        return _("%(name)s, %(language)s, revision %(number)s") % values

    def get_context_data(self, **kwargs: Shown) -> Context:
        revision = self.revision
        data = data_for(revision.template, revision.language, "")
        shown: Context = {}
        try:
            mail = render(revision, data, language=revision.language)
            if not is_phone(revision.template.channel):
                shown["mail"] = view_of(mail, frozen(revision))
            else:
                shown["phone"] = phone_view(mail, revision.template.channel, revision.button)
        except RenderFailed as error:
            shown["problem"] = str(error)
        newest = revision.template.revisions.filter(language=revision.language)
        return super().get_context_data(
            revision=revision,
            is_newest=newest.order_by("-number").first() == revision,
            can_change=self.user.has_perms(("content.change_template", "content.add_revision")),
            **shown,
            **kwargs,
        )


class Restore(OneRevision, ConfirmPage):
    permission_required = ("content.change_template", "content.add_revision")
    title = gettext_lazy("Bring back a revision")
    explanation = gettext_lazy("Its text is saved as a new revision; nothing is lost.")
    button = gettext_lazy("Bring it back")
    refusals = (TemplateInvalid, StoreFull)

    @property
    def question(self) -> str:
        return _("Use the text of revision %(number)s again?") % {"number": self.revision.number}

    def act(self, _reason: str) -> str | None:
        old = self.revision
        new = restore_revision(old, by=who(self.request), now=timezone.now())
        messages.success(self.request, _("Saved as revision %(number)s.") % {"number": new.number})
        return f"{reverse('console:template', args=[old.template_id])}?language={old.language}"
