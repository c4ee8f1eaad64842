"""A rule as one sentence, in the user's words and with the connector's labels."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emailketing.audience.ways import templates_of
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.twins import twin_of, twin_sentence
from emailketing.web.console.forms.numbers import whole
from emailketing.web.console.frame.pages import ConsoleView
from emailketing.web.console.frame.shapes import UrlPart
from emailketing.web.console.rules.form import RuleForm
from emailketing.web.console.rules.timing import DAYS
from emailketing.web.console.rules.words import condition_words, field_label, recipient_words
from emailketing.web.console.shown.connector_words import process_label

Delivery, Digest, Repeat = Rule.Delivery, Rule.Digest, Rule.Repeat


def sentence(rule: Rule) -> str:
    """“Cuando pasa «Cobro emitido» en Estación y Total es al menos …, escribir a …”."""
    words = {
        "what": process_label(rule.source, rule.process),
        "source": rule.source.name,
        "condition": condition_words(rule),
        "who": ", ".join(recipient_words(rule) or ["—"]),
        "how": str(Delivery(rule.delivery).label),
        "words": _named(rule),
        "when": ", ".join(moments(rule)),
    }
    if words["condition"]:
        text = _(
            "When “%(what)s” happens in %(source)s and %(condition)s, write to %(who)s %(how)s, "
            "with %(words)s: %(when)s."
        )
    else:
        text = _(
            "When “%(what)s” happens in %(source)s, write to %(who)s %(how)s, with %(words)s: "
            "%(when)s."
        )
    return text % words


def _named(rule: Rule) -> str:
    found = {template.name for template in templates_of(rule).values()}
    names = sorted(found) or ([rule.template.name] if rule.template else ["—"])
    return ", ".join(_("“%(name)s”") % {"name": name} for name in names)


def moments(rule: Rule) -> Iterator[str]:
    """Yield when it is written, how often and to how many, without what is the usual."""
    yield _first_moment(rule)
    yield from window_words(rule.window)
    if rule.is_urgent:
        yield _("also in the quiet hours")
    if rule.remind_days:
        yield _reminders(rule)
    yield str(Repeat(rule.repeat).label)
    if rule.daily_cap:
        text = ngettext(
            "at most %(count)s per person and day",
            "at most %(count)s per person and day",
            rule.daily_cap,
        )
        yield text % {"count": rule.daily_cap}
    if rule.leaves_out_actor:
        yield _("not to who did it")


def _first_moment(rule: Rule) -> str:
    if rule.digest == Digest.DAY:
        return _("gathered, every day at %(hour)s") % {"hour": f"{rule.digest_hour:02}:00"}
    if rule.digest == Digest.HOUR:
        return _("gathered, every hour")
    if rule.delay_minutes:
        text = ngettext("after %(count)s minute", "after %(count)s minutes", rule.delay_minutes)
        return text % {"count": rule.delay_minutes}
    return _("at once")


def _reminders(rule: Rule) -> str:
    days = ", ".join(str(day) for day in rule.remind_days)
    if rule.remind_from:
        words = {"days": days, "date": field_label(rule, rule.remind_from)}
        return _("reminded %(days)s days after “%(date)s” while it is still so") % words
    return _("reminded after %(days)s days while it is still so") % {"days": days}


def window_words(window: Mapping[str, Any]) -> Iterator[str]:
    if not window:
        return
    if "days" in window:
        yield _("only on %(days)s") % {"days": days_words(window["days"])}
    if "from" in window or "to" in window:
        hours = {"start": window.get("from") or "00:00", "end": window.get("to") or "00:00"}
        yield _("from %(start)s to %(end)s") % hours
    if not window.get("holidays", True):
        yield _("not on holidays")


def days_words(days: list[int]) -> str:
    """Monday to Saturday where they follow one another, else each."""
    names = [str(label) for _value, label in DAYS]
    chosen = sorted(day for day in days if 0 <= day < len(names))
    if len(chosen) > 2 and chosen == list(range(chosen[0], chosen[-1] + 1)):  # noqa: PLR2004
        return _("%(first)s to %(last)s") % {"first": names[chosen[0]], "last": names[chosen[-1]]}
    return ", ".join(names[day] for day in chosen)


class SaySentence(ConsoleView):
    """The sentence of the rule as it stands in the editor, saved or not."""

    permission_required = ("notifications.view_rule", "notifications.change_rule")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        values = request.POST.copy()
        values["name"] = values.get("name") or _("New rule")
        form = RuleForm(values, instance=Rule(), user=self.user)
        form.is_valid()
        rule = form.instance
        if not rule.source_id or rule.template is None:
            return HttpResponse(_("Choose what happens and the words: the sentence stands here."))
        rule.pk = whole(request.POST.get("rule", ""))  # only to be told from its twins
        said = format_html("{}", sentence(rule))
        if doubled := twin_sentence(twin_of(rule)):
            said += format_html('<p class="cf-doubled"><strong>{}</strong></p>', doubled)
        return HttpResponse(said)
