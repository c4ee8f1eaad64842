"""The fourth step: what stands in it, what goes with it, by which way, and when it is not sent."""

from collections.abc import Iterator
from typing import ClassVar

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.audience.problem import place_of
from emailketing.channels.catalogue import channels
from emailketing.channels.declared import EMAIL, ChannelOf
from emailketing.channels.senders import usable_by
from emailketing.common.conditions import as_number
from emailketing.common.plain import JSON, Entry
from emailketing.content.models import LANGUAGES, Template
from emailketing.outbox.queueing.dispatch import MailClass
from emailketing.triggers.reports.definition.checks import FILES
from emailketing.triggers.reports.models import Report
from emailketing.web.console.forms.amount_field import AmountField
from emailketing.web.console.reports.steps import StepForm, column_choices, with_known
from emailketing.web.console.rules.timing import DAYS, EVERY_DAY, window_of

ORDER_ROWS = 2  # at least; one more than there are
CHARTS = (
    ("", gettext_lazy("no chart")),
    ("bars", gettext_lazy("bars")),
    ("line", gettext_lazy("line")),
    ("share", gettext_lazy("shares")),
)
DIRECTIONS = (("up", gettext_lazy("least first")), ("down", gettext_lazy("greatest first")))
OF = (("total", gettext_lazy("its total is")), ("any", gettext_lazy("some row is")))
OPERATORS = (("gt", gettext_lazy("above")), ("lt", gettext_lazy("below")))
NUMBERS = ("top", "keep_days")
WORDS = ("group_by", "compare", "when_empty", "delivery", "mail_class")


def phone_field(language: str) -> str:
    return f"phone_{language}"


def several(label: str, choices: list[tuple[str, str]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple
    )


class AppearanceForm(StepForm):
    places: ClassVar = frozenset(
        {
            "files",
            "figures",
            "chart",
            "order",
            "top",
            "columns",
            "group_by",
            "compare",
            "trend",
            "when_empty",
            "only_if",
        }
        | {"only_changed", "keep_days", "delivery", "mail_class", "window", "is_urgent"}
        | {"phone_text"}
        | {place_of(name, part) for name in channels() for part in ("template", "sender")}
    )
    template_name: ClassVar = "console/reports/step_look.html"

    chart_kind = forms.ChoiceField(label=gettext_lazy("Chart"), choices=CHARTS)
    chart_label = forms.ChoiceField(label=gettext_lazy("of each"))
    top = forms.IntegerField(
        label=gettext_lazy("Rows in the mail"),
        help_text=gettext_lazy("The first of them; all rows are in the files."),
    )
    group_by = forms.ChoiceField(
        label=gettext_lazy("Subtotals by"),
        help_text=gettext_lazy("The rows of each value stand together, with their subtotal."),
    )
    compare = forms.ChoiceField(label=gettext_lazy("Compared with"), choices=Report.Compare.choices)
    trend = forms.BooleanField(
        label=gettext_lazy("Trend of the key figures"),
        help_text=gettext_lazy("A small line of the last 12 runs beside each, from the third on."),
    )
    delivery = forms.ChoiceField(label=gettext_lazy("How it goes"), choices=Report.Delivery.choices)
    when_empty = forms.ChoiceField(label=gettext_lazy("Without rows"), choices=Report.Empty.choices)
    only_if_column = forms.ChoiceField(label=gettext_lazy("Only when"))
    only_if_of = forms.ChoiceField(label=gettext_lazy("what of it"), choices=OF)
    only_if_op = forms.ChoiceField(label=gettext_lazy("is"), choices=OPERATORS)
    only_if_value = AmountField(label=gettext_lazy("Amount"))
    only_changed = forms.BooleanField(
        label=gettext_lazy("Only when something changed since the last run"),
        help_text=gettext_lazy("Rows that are new are marked."),
    )
    window_days = forms.MultipleChoiceField(
        label=gettext_lazy("On these days"), choices=DAYS, widget=forms.CheckboxSelectMultiple
    )
    window_from = forms.TimeField(
        label=gettext_lazy("From"), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    window_to = forms.TimeField(
        label=gettext_lazy("Until"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("In the reader's time zone; both empty: at any hour."),
    )
    window_holidays = forms.BooleanField(label=gettext_lazy("Also on holidays"))
    is_urgent = forms.BooleanField(label=gettext_lazy("Also in the quiet hours"))
    mail_class = forms.ChoiceField(label=gettext_lazy("Class"))
    keep_days = forms.IntegerField(label=gettext_lazy("Keep its rows and files (days)"))

    def prepare(self) -> None:
        report = self.report
        self._offer_columns()
        self._offer_order()
        self._offer_phone_texts()
        for channel in channels().values():
            self._offer_way(channel)
        self.offer("mail_class", [(v, str(label)) for v, label in MailClass.choices])
        window = report.window or {}
        self.initial.update(
            {
                **{name: getattr(report, name) for name in (*NUMBERS, *WORDS)},
                "files": report.files,
                "figures": report.figures,
                "columns": report.columns,
                "chart_kind": report.chart.get("kind", ""),
                "chart_label": report.chart.get("label", ""),
                "chart_values": report.chart.get("values", []),
                **{f"only_if_{part}": report.only_if.get(part) for part in ("column", "of", "op")},
                "only_if_value": as_number(str(report.only_if.get("value") or "")),
                "only_changed": report.only_changed,
                "trend": report.trend,
                "is_urgent": report.is_urgent,
                "window_days": [str(day) for day in window.get("days", range(7))],
                "window_from": window.get("from") or "",
                "window_to": window.get("to") or "",
                "window_holidays": window.get("holidays", True),
            }
        )

    def _offer_columns(self) -> None:
        report, numeric = self.report, column_choices(self.desk, numeric=True)
        figures = [str(name) for name in report.figures]
        drawn = [str(name) for name in _listed(report.chart.get("values"))]
        self.fields["files"] = several(_("Files"), [(name, name.upper()) for name in FILES])
        self.fields["figures"] = several(_("Key figures"), with_known(numeric[1:], *figures))
        self.fields["figures"].help_text = _("None chosen: every column with a total.")
        known = [str(name) for name in report.columns]  # first, in the order they were put
        rest = [one for one in column_choices(self.desk)[1:] if one[0] not in known]
        called = dict(column_choices(self.desk))
        chosen = [(name, called.get(name, name)) for name in known]
        self.offer("group_by", with_known(column_choices(self.desk), report.group_by))
        self.fields["columns"] = several(_("Columns in the mail"), [*chosen, *rest])
        self.fields["columns"].help_text = _("None chosen: all. The files have all of them.")
        self.fields["chart_values"] = several(_("Chart of"), with_known(numeric[1:], *drawn))
        label, column = report.chart.get("label"), report.only_if.get("column")
        offered = with_known(column_choices(self.desk), str(label or ""))
        self.offer("chart_label", offered)
        offered = with_known(
            column_choices(self.desk, numeric=True, none=_("always")), str(column or "")
        )
        self.offer("only_if_column", offered)

    def _offer_order(self) -> None:
        order = [part for part in self.report.order if isinstance(part, list) and len(part) > 1]
        for number in range(max(ORDER_ROWS, len(order) + 1)):
            name, is_down = order[number][:2] if number < len(order) else ("", True)
            choices = with_known(column_choices(self.desk), str(name))
            self.fields[f"order_{number}"] = forms.ChoiceField(
                label=_("Sorted by") if not number else _("then by"), choices=choices
            )
            self.fields[f"order_{number}_side"] = forms.ChoiceField(
                label=_("direction"), choices=DIRECTIONS
            )
            self.initial[f"order_{number}"] = name
            self.initial[f"order_{number}_side"] = "down" if is_down else "up"

    def _offer_phone_texts(self) -> None:
        for language, name in LANGUAGES:
            self.fields[phone_field(language)] = forms.CharField(
                label=_("Own text for the phone (%(language)s)") % {"language": name},
                help_text=_("For example: Ventas {when}: {total} {total+}. Empty: as it comes."),
            )
            self.initial[phone_field(language)] = self.report.phone_text.get(language, "")

    def _offer_way(self, channel: ChannelOf) -> None:
        choice, is_email = self.report.choice(channel.name), channel.name == EMAIL
        known = choice.sender.pk if choice.sender else None
        template, sender = (place_of(channel.name, part) for part in ("template", "sender"))
        self.fields[template] = forms.ModelChoiceField(
            Template.objects.filter(channel=channel.name).order_by("name"),
            label=capfirst(str(channel.text_label or _("template"))),
            empty_label=_("The usual text of reports") if is_email else str(channel.no_text),
        )
        self.fields[sender] = forms.ModelChoiceField(
            usable_by(self.desk.user, also=known).filter(channel=channel.name),
            label=_("Sender for %(channel)s") % {"channel": channel.label},
            empty_label=_("The default sender"),
        )
        self.initial[template] = choice.template.pk if choice.template else None
        self.initial[sender] = known

    # ---- what the page draws ----

    @property
    def ways(self) -> list[tuple[ChannelOf, forms.BoundField, forms.BoundField]]:
        return [
            (about, self[place_of(name, "template")], self[place_of(name, "sender")])
            for name, about in channels().items()
        ]

    @property
    def sorting(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        names = [name for name in self.fields if name.startswith("order_")]
        columns = [name for name in names if not name.endswith("_side")]
        return [(self[name], self[f"{name}_side"]) for name in columns]

    @property
    def phone_texts(self) -> list[forms.BoundField]:
        return [self[phone_field(language)] for language, _name in LANGUAGES]

    # ---- what was sent ----

    def put(self) -> None:
        sent, report = self.cleaned_data, self.report
        for name in NUMBERS:
            if sent.get(name) is not None:
                setattr(report, name, sent[name])
        for name in WORDS:
            if name in sent:
                setattr(report, name, str(sent[name] or ""))
        report.files = list(sent.get("files", []))
        report.figures = list(sent.get("figures", []))
        report.columns = list(sent.get("columns", []))
        report.chart = self._chart()
        report.order = list(self._order())
        report.only_if = self._only_if()
        texts = {code: str(sent.get(phone_field(code)) or "").strip() for code, _n in LANGUAGES}
        unknown = {code: words for code, words in report.phone_text.items() if code not in texts}
        report.phone_text = unknown | {code: words for code, words in texts.items() if words}
        report.trend = bool(sent.get("trend"))
        report.only_changed = bool(sent.get("only_changed"))
        report.is_urgent = bool(sent.get("is_urgent"))
        if not {"window_from", "window_to", "window_days"} & set(self.errors):
            report.window = window_of({**sent, "window_days": sent.get("window_days") or EVERY_DAY})
        for channel in channels():
            template, sender = (place_of(channel, part) for part in ("template", "sender"))
            report.choose(channel, template=sent.get(template), sender=sent.get(sender))

    def _chart(self) -> Entry:
        kind = str(self.cleaned_data.get("chart_kind") or "")
        if not kind:
            return {}
        values: list[JSON] = list(self.cleaned_data.get("chart_values", []))
        return {
            "kind": kind,
            "label": str(self.cleaned_data.get("chart_label") or ""),
            "values": values,
        }

    def _order(self) -> Iterator[JSON]:
        for column, side in self.sorting:
            name = str(self.cleaned_data.get(column.name) or "")
            if name:
                yield [name, self.cleaned_data.get(side.name) == "down"]

    def _only_if(self) -> Entry:
        sent = self.cleaned_data
        column = str(sent.get("only_if_column") or "")
        if not column:
            return {}
        parts: Entry = {part: str(sent.get(f"only_if_{part}") or "") for part in ("of", "op")}
        value = sent.get("only_if_value")
        limit = "" if value is None else f"{value.normalize():f}"
        return {"column": column, **parts, "value": limit}

    def field_of(self, place: str, row: str) -> str:
        del row
        fields = {"chart": "chart_kind", "order": "order_0", "window": "window_from"}
        fields["phone_text"] = phone_field(LANGUAGES[0][0])
        return {**fields, "only_if": "only_if_value"}.get(place, place)


def _listed(value: JSON) -> list[JSON]:
    return list(value) if isinstance(value, list | tuple) else []
