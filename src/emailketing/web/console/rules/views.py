"""Pages of the rules: list, one rule with what it did, editor, switch, delete."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import Count, ProtectedError, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.audience.problem import place_of
from emailketing.audience.ways import template_for, templates_of
from emailketing.channels.catalogue import channel_of, channels
from emailketing.channels.declared import EMAIL
from emailketing.common.reading import one_reading
from emailketing.content.models import Template
from emailketing.triggers.notifications.firing.texts import has_phone_way, missing_texts
from emailketing.triggers.notifications.keys import REVISIONS, with_needed
from emailketing.triggers.notifications.models import Outcome, Rule
from emailketing.triggers.notifications.rules.save import (
    RuleInvalid,
    delete_rule,
    problem_of,
    switch,
)
from emailketing.triggers.notifications.rules.twins import twin_of, twin_sentence, twins_among
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConfirmPage, ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.rules.form import RuleForm
from emailketing.web.console.rules.pack import pack_links
from emailketing.web.console.rules.sentence import moments, sentence
from emailketing.web.console.rules.vocabulary import vocabulary
from emailketing.web.console.rules.words import condition_words, recipient_words
from emailketing.web.console.shown.connector_words import process_label

COUNTED_DAYS = 30


def in_words(rule: Rule, twin: Rule | None) -> Context:
    return {
        "rule": rule,
        "when": process_label(rule.source, rule.process),
        "condition": condition_words(rule),
        "recipients": recipient_words(rule),
        "sentence": sentence(rule),
        "moments": list(moments(rule)),
        "problem": problem_of(rule, now=timezone.now()),
        "twin": twin,
        "twin_sentence": twin_sentence(twin),
    }


class RuleList(ConsolePage):
    permission_required = ("notifications.view_rule",)
    title = gettext_lazy("Rules")
    template_name = "console/rules/list.html"

    def get_context_data(self, **kwargs: Shown) -> Context:
        since = timezone.now() - timedelta(days=COUNTED_DAYS)
        recent = Q(outcomes__at__gt=since, outcomes__result=Outcome.Result.SENT)
        held = Q(outcomes__result=Outcome.Result.HELD)
        untold = Q(outcomes__texts=Outcome.Texts.MISSING)
        rules = with_needed(Rule.objects.all()).annotate(
            sent_count=Count("outcomes", filter=recent, distinct=True),
            held_count=Count("outcomes", filter=held, distinct=True),
            texts_count=Count("outcomes", filter=untold, distinct=True),
        )
        rules = rules.prefetch_related(REVISIONS)
        with one_reading():
            twins = twins_among(rules)
            rows = [in_words(rule, twins.get(rule.pk)) for rule in rules]
        return super().get_context_data(
            rows=rows,
            days=COUNTED_DAYS,
            can_change=self.user.has_perm("notifications.change_rule"),
            can_add=self.user.has_perm("notifications.add_rule"),
            packs=pack_links(),
            **kwargs,
        )


class OneRule(ConsoleView):
    """A page about the rule in its address."""

    @cached_property
    def rule(self) -> Rule:
        return get_object_or_404(with_needed(Rule.objects.all()), pk=self.kwargs["pk"])

    def get_back(self) -> tuple[str, str] | None:
        return self.rule.name, reverse("console:rule", args=[self.rule.pk])


def _texts(rule: Rule) -> list[tuple[str, Template]]:
    """Return the words of every channel, used or not, in the order of the lists."""
    found = ((channel, template_for(rule, channel)) for channel in channels())
    return [(channel, template) for channel, template in found if template is not None]


class RulePage(OneRule, ConsolePage):
    permission_required = ("notifications.view_rule",)
    template_name = "console/rules/rule.html"

    def get_title(self) -> str:
        return self.rule.name

    def get_back(self) -> tuple[str, str] | None:
        return _("Rules"), reverse("console:rules")

    def get_context_data(self, **kwargs: Shown) -> Context:
        found = self.rule.outcomes.select_related("event", "dispatch")
        outcomes = found.prefetch_related("dispatch__messages").order_by("-at", "-pk")
        fallback = Rule(source=self.rule.source, recipients=[self.rule.fallback])
        return super().get_context_data(
            **in_words(self.rule, twin_of(self.rule)),
            fallback=recipient_words(fallback)[0] if self.rule.fallback else "",
            outcomes=outcomes[:25],
            held_count=self.rule.outcomes.filter(result=Outcome.Result.HELD).count(),
            missing_texts=missing_texts(self.rule).count(),
            has_phone_way=has_phone_way(self.rule),
            texts=_texts(self.rule),
            senders=[(channel_of(c), self.rule.choice(c).sender) for c in templates_of(self.rule)],
            paused=self.rule.source.paused_in_words.get(self.rule.process, ""),
            can_change=self.user.has_perm("notifications.change_rule"),
            can_delete=self.user.has_perm("notifications.delete_rule"),
            **kwargs,
        )


class RuleEdit(ConsolePage):
    """The editor, for a new rule or an old one."""

    permission_required = ("notifications.view_rule",)
    template_name = "console/rules/edit.html"

    def dispatch(self, request: HttpRequest, *args: str, **kwargs: UrlPart) -> HttpResponseBase:
        verb = "change" if "pk" in self.kwargs else "add"
        if request.user.is_authenticated and not request.user.has_perm(
            f"notifications.{verb}_rule"
        ):
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def rule(self) -> Rule:
        if "pk" in self.kwargs:
            return get_object_or_404(Rule.objects.select_related("source"), pk=self.kwargs["pk"])
        return Rule(recipients=[{"kind": "party", "usage": ""}])

    def get_title(self) -> str:
        return self.rule.name if self.rule.pk else _("New rule")

    def get_back(self) -> tuple[str, str] | None:
        if self.rule.pk:
            return self.rule.name, reverse("console:rule", args=[self.rule.pk])
        return _("Rules"), reverse("console:rules")

    def get_context_data(self, **kwargs: Shown) -> Context:
        given = kwargs.pop("form", None)
        form = (
            given
            if isinstance(given, RuleForm)
            else RuleForm(instance=self.rule, user=self.user, initial=_suggested(self.request))
        )
        return super().get_context_data(
            form=form, state=form.state(), vocabulary=vocabulary(), rule=self.rule, **kwargs
        )

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        form = RuleForm(request.POST, instance=self.rule, user=self.user)
        now = timezone.now()
        rule = form.keep(by=who(request), now=now) if form.works(now) else None
        if rule is None:
            return self.render_to_response(self.get_context_data(form=form), status=422)
        self._say(rule)
        return redirect("console:rule", pk=rule.pk)

    def _say(self, rule: Rule) -> None:
        saved = _("Saved: %(name)s")
        if not rule.is_active:
            saved = _("Saved, and switched off: %(name)s. Try it, then switch it on.")
        messages.success(self.request, saved % {"name": rule.name})
        if said := twin_sentence(twin_of(rule)):
            messages.warning(self.request, said)


def _suggested(request: HttpRequest) -> Context:
    """Take what the link already chose (what, the words of the mail, name)."""
    names = ("what", place_of(EMAIL, "template"), "name")
    return {name: request.GET[name] for name in names if name in request.GET}


class RuleSwitch(OneRule):
    permission_required = ("notifications.change_rule",)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        is_on = request.POST.get("on") == "1"
        try:
            switch(self.rule, on=is_on, by=who(request), now=timezone.now())
        except RuleInvalid as error:
            messages.error(request, str(error))
        else:
            done = _("“%(name)s” is on.") if is_on else _("“%(name)s” is off.")
            messages.success(request, done % {"name": self.rule.name})
        where = request.POST.get("from")
        if where == "list":
            return redirect("console:rules")
        if where == "pack":
            return redirect("console:rule_pack", pk=self.rule.source_id)
        return redirect("console:rule", pk=self.rule.pk)


class RuleDelete(OneRule, ConfirmPage):
    permission_required = ("notifications.delete_rule",)
    title = gettext_lazy("Delete rule")
    explanation = gettext_lazy(
        "What it made of past events is forgotten with it; messages already sent stay. "
        "To stop it only for a while, switch it off."
    )
    button = gettext_lazy("Delete")
    done = gettext_lazy("The rule was deleted.")
    is_dangerous = True
    refusals = (ProtectedError,)

    @property
    def question(self) -> str:
        return _("Delete the rule “%(name)s”?") % {"name": self.rule.name}

    def act(self, _reason: str) -> str | None:
        delete_rule(self.rule, by=who(self.request), now=timezone.now())
        return reverse("console:rules")
