"""Pages of the templates: list, editor, settings, delete."""

from collections import Counter

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels.catalogue import channel_of, is_phone
from emailketing.common.language import active_language
from emailketing.common.reading import one_reading
from emailketing.content.as_mjml import as_mjml
from emailketing.content.compile import CompileFailed
from emailketing.content.look import look_for
from emailketing.content.models import LANGUAGES, Revision, Template
from emailketing.content.render import RenderFailed, render, render_text
from emailketing.content.save import TemplateInvalid, save_revision
from emailketing.content.save_template import TemplateInUse, delete_template
from emailketing.content.store import StoreFull
from emailketing.triggers.notifications.models import RuleWay
from emailketing.triggers.reports.definition.button import why_button_is_dead
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConfirmPage, ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.shown.preview import view_of
from emailketing.web.console.templates_.forms import TemplateForm, TextsForm
from emailketing.web.console.templates_.phone import phone_view
from emailketing.web.console.templates_.samples import chosen_document, data_for, past_choices
from emailketing.web.console.templates_.vocabulary import blocks, kind_words, variables

TEST = "sender-test"  # the text of test mails has values of its own


class TemplateList(ConsolePage):
    permission_required = ("content.view_template",)
    title = gettext_lazy("Templates")
    template_name = "console/template/list.html"

    def get_context_data(self, **kwargs: Shown) -> Context:
        words = Revision.objects.defer("html", "body", "brand")
        found = Template.objects.exclude(slug__startswith=TEST).prefetch_related(
            Prefetch("revisions", words)
        )
        rules = _rules_by_template()
        with one_reading():
            rows = [_row(template, rules[template.pk]) for template in found]
        return super().get_context_data(
            rows=rows, can_add=self.user.has_perm("content.add_template"), **kwargs
        )


def _row(template: Template, rule_count: int) -> Context:
    newest = template.current(active_language())
    return {
        "template": template,
        "channel": channel_of(template.channel).label,
        "kind": kind_words(template),
        "languages": sorted({r.language for r in template.revisions.all()}),
        "newest": newest,
        "subject": subject_with_sample(template, newest) if newest else "",
        "rule_count": rule_count,
    }


def _rules_by_template() -> Counter[int]:
    """How many rules write with each template, by mail or phone."""
    used = RuleWay.objects.exclude(template=None).order_by()
    return Counter(pk for pk, _rule in used.values_list("template_id", "rule_id").distinct())


def subject_with_sample(template: Template, revision: Revision) -> str:
    """The subject as a reader would see it (of a phone's the text); else as it is written."""
    data = data_for(template, revision.language, "")
    source = revision.text if revision.format == Revision.Format.SHORT else revision.subject
    try:
        return render_text(source, data, revision.language)
    except RenderFailed:
        return source


class OneTemplate(ConsoleView):
    """A page about the template in its address."""

    @cached_property
    def template(self) -> Template:
        return get_object_or_404(Template.objects.select_related("brand"), pk=self.kwargs["pk"])

    def get_back(self) -> tuple[str, str] | None:
        return self.template.name, reverse("console:template", args=[self.template.pk])


class TemplateEdit(OneTemplate, ConsolePage):
    """The editor of one language; saving makes a new revision."""

    permission_required = ("content.view_template",)
    template_name = "console/template/edit.html"

    @property
    def language(self) -> str:
        wanted = self.request.POST.get("language") or self.request.GET.get("language", "")
        if wanted in dict(LANGUAGES):
            return wanted
        first = self.template.current("es")
        return first.language if first else "es"

    @cached_property
    def newest(self) -> Revision | None:
        revisions = self.template.revisions.filter(language=self.language)
        return revisions.order_by("-number").first()

    @property
    def channel(self) -> str:
        return self.template.channel

    @property
    def can_change(self) -> bool:
        return self.user.has_perms(("content.change_template", "content.add_revision"))

    def get_title(self) -> str:
        return self.template.name

    def get_back(self) -> tuple[str, str] | None:
        return _("Templates"), reverse("console:templates")

    def _initial(self) -> Context:
        begun = self.newest or self.template.current(self.language)
        names = ("subject", "preheader", "format", "body", "button")
        first = next(iter(channel_of(self.channel).formats), "short")
        values = {name: getattr(begun, name) for name in names} if begun else {"format": first}
        if self.request.GET.get("as") == Revision.Format.MJML and values["format"] == "simple":
            values |= self._as_mjml(values)
        return {"language": self.language, **values}

    def _as_mjml(self, values: dict[str, str]) -> dict[str, str]:
        """Go on with MJML that says what the simple text said."""
        look, preheader = look_for(self.template), values.get("preheader", "")
        try:
            body = as_mjml(values.get("body", ""), preheader=preheader, brand=look)
        except CompileFailed as error:
            messages.error(self.request, str(error))
            return {}
        return {"format": Revision.Format.MJML, "body": body}

    def get_context_data(self, **kwargs: Shown) -> Context:
        written = set(self.template.revisions.values_list("language", flat=True))
        return super().get_context_data(
            form=kwargs.pop("form", None)
            or TextsForm(initial=self._initial(), channel=self.channel),
            template=self.template,
            language=self.language,
            language_name=dict(LANGUAGES)[self.language],
            newest=self.newest,
            tabs=[(code, name, code in written) for code, name in LANGUAGES],
            blocks=blocks(self.template) if not is_phone(self.channel) else [],
            is_mail=not is_phone(self.channel),
            variables=variables(self.template),
            choices=past_choices(self.template),
            dead_button=why_button_is_dead(self.newest.button, timezone.now())
            if self.newest
            else "",
            can_change=self.can_change,
            can_delete=self.user.has_perm("content.delete_template"),
            **({} if self.can_change else self._as_saved()),
            **kwargs,
        )

    def _as_saved(self) -> Context:
        """Show who may not write the saved text, written out; nothing is tried for them (S9)."""
        if self.newest is None:
            return {"problem": _("Not written yet.")}
        try:
            mail = render(
                self.newest, data_for(self.template, self.language, ""), language=self.language
            )
        except RenderFailed as error:
            return {"problem": str(error)}
        if is_phone(self.channel):
            return {"phone": phone_view(mail, self.channel, self.newest.button)}
        return {"mail": view_of(mail, look_for(self.template), language=self.language)}

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        if not self.can_change:
            return HttpResponse(status=403)
        form = TextsForm(request.POST, channel=self.channel)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            revision = save_revision(
                self.template,
                language=self.language,
                texts=form.texts(),
                sample=chosen_document(request.POST.get("sample", "")),
                by=who(request),
                now=timezone.now(),
            )
        except (TemplateInvalid, StoreFull) as error:
            context = self.get_context_data(form=form, invalid=error)
            return self.render_to_response(context, status=422)
        self._tell_if_overtaken(revision)
        done = _("Saved as revision %(number)s. Messages already queued keep the old one.")
        messages.success(request, done % {"number": revision.number})
        response = redirect("console:template", pk=self.template.pk)
        response["Location"] += f"?language={self.language}"
        return response

    def _tell_if_overtaken(self, saved: Revision) -> None:
        """Two people wrote at the same time: nothing is lost, but the second one must know."""
        begun = self.request.POST.get("begun", "")
        before = saved.template.revisions.filter(language=saved.language, number=saved.number - 1)
        other = before.first()
        if begun and other and begun != str(other.number):
            text = _("Meanwhile %(who)s saved revision %(number)s; yours stands on top of it.")
            values = {"who": other.created_by, "number": other.number}
            messages.warning(self.request, text % values)


class TemplateSettings(ConsolePage):
    """What a template is for: a new one begins here."""

    permission_required = ("content.view_template",)
    template_name = "console/template/settings.html"

    def dispatch(self, request: HttpRequest, *args: str, **kwargs: UrlPart) -> HttpResponseBase:
        verb = "change" if "pk" in self.kwargs else "add"
        if request.user.is_authenticated and not request.user.has_perm(f"content.{verb}_template"):
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def template(self) -> Template:
        if "pk" in self.kwargs:
            return get_object_or_404(Template, pk=self.kwargs["pk"])
        return Template()

    def get_title(self) -> str:
        return self.template.name if self.template.pk else _("New template")

    def get_back(self) -> tuple[str, str] | None:
        if self.template.pk:
            return self.template.name, reverse("console:template", args=[self.template.pk])
        return _("Templates"), reverse("console:templates")

    def get_context_data(self, **kwargs: Shown) -> Context:
        form = kwargs.pop("form", None) or TemplateForm(instance=self.template)
        return super().get_context_data(form=form, **kwargs)

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        form = TemplateForm(request.POST, instance=self.template)
        template = form.keep(by=who(request), now=timezone.now()) if form.is_valid() else None
        if template is None:
            return self.render_to_response(self.get_context_data(form=form), status=422)
        messages.success(request, _("Saved: %(name)s") % {"name": template.name})
        return redirect("console:template", pk=template.pk)


class TemplateDelete(OneTemplate, ConfirmPage):
    permission_required = ("content.delete_template",)
    title = gettext_lazy("Delete template")
    explanation = gettext_lazy("Only a template that nothing was ever written with can be deleted.")
    button = gettext_lazy("Delete")
    is_dangerous = True
    refusals = (TemplateInUse,)

    @property
    def question(self) -> str:
        return _("Delete the template “%(name)s”?") % {"name": self.template.name}

    def act(self, _reason: str) -> str | None:
        delete_template(self.template, by=who(self.request), now=timezone.now())
        messages.success(self.request, _("The template was deleted."))
        return reverse("console:templates")
