"""The forms of the template pages."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.who import Who
from emailketing.channels.catalogue import channel_choices, channel_of, is_phone
from emailketing.channels.declared import EMAIL
from emailketing.content.button import LONGEST
from emailketing.content.documents import layouts
from emailketing.content.models import LANGUAGES, Revision, Template
from emailketing.content.save import MOST_SUBJECT, Texts
from emailketing.content.save_template import SettingsInvalid, save_template, wrong_with
from emailketing.sources.declared import document_types
from emailketing.web.console.forms.reading_form import ReadingForm
from emailketing.web.console.shown.connector_words import said
from emailketing.web.console.templates_.vocabulary import kind_words

LINE = {"data-takes-chips": "", "autocomplete": "off", "maxlength": MOST_SUBJECT}


class TextsForm(forms.Form):
    """What an author writes in one language; `content.save` says whether it can be kept."""

    language = forms.ChoiceField(choices=LANGUAGES, widget=forms.HiddenInput)
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        required=False,
        widget=forms.TextInput(attrs=LINE),
    )
    preheader = forms.CharField(
        label=gettext_lazy("Preview line"),
        required=False,
        help_text=gettext_lazy("What the mailbox shows beside the subject."),
        widget=forms.TextInput(attrs=LINE),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Way of writing"),
        choices=[
            (Revision.Format.SIMPLE, gettext_lazy("Simple: text and blocks")),
            (Revision.Format.MJML, gettext_lazy("Advanced: MJML")),
        ],
    )
    body = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"data-takes-chips": "", "class": "cf-letter cf-code", "spellcheck": "true"}
        ),
    )

    button = forms.CharField(
        label=gettext_lazy("Address of its button"),
        required=False,
        help_text=gettext_lazy(
            "Only of a report: as it was approved, https://informes.example.com/r/{{1}}. It leads"
            " each reader to the report's page."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST}),
    )

    def __init__(self, *args: Any, channel: str = EMAIL, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not channel_of(channel).needs_approved_text:
            del self.fields["button"]
        if is_phone(channel):
            self._for_phones(channel)

    def _for_phones(self, channel: str) -> None:
        """A phone has no subject and no preview line; an approved text has a name."""
        del self.fields["preheader"]
        self.fields["body"].widget.attrs["class"] = "cf-letter cf-code cf-letter--short"
        about = channel_of(channel)
        self._ways([(name, str(label)) for name, label in about.formats.items()])
        if len(about.formats) == 1:
            self.fields["format"].widget = forms.HiddenInput()
        if not about.needs_approved_text:
            del self.fields["subject"]
            return
        self.fields["subject"].label = _("Name of the approved text")
        self.fields["subject"].help_text = str(about.approved_help)
        self.fields["body"].label = _("Text, or parameters one per line")

    def _ways(self, choices: list[tuple[str, str]]) -> None:
        self.fields["format"].choices = choices  # type: ignore[attr-defined]
        self.fields["format"].initial = choices[0][0]

    def texts(self) -> Texts:
        data = self.cleaned_data
        return Texts(
            subject=data.get("subject", ""),
            preheader=data.get("preheader", ""),
            body=data["body"].replace("\r\n", "\n"),
            format=data["format"],
            button=data.get("button", ""),
        )


class TemplateForm(ReadingForm[Template]):
    """What a template is for; its words are in the revisions."""

    # those of a source that is not attached yet can be saved: nobody else says what is offered
    judged_here = frozenset({"document_type", "layout"})

    document_type = forms.ChoiceField(
        label=gettext_lazy("Kind of document"),
        required=False,
        help_text=gettext_lazy("Decides which values the text may name."),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("For"),
        choices=channel_choices,
        initial=EMAIL,
        help_text=gettext_lazy("It stays once a text was saved."),
    )
    layout = forms.ChoiceField(
        label=gettext_lazy("PDF that goes with it"),
        required=False,
    )

    class Meta:
        model = Template
        fields: ClassVar = ["name", "channel", "document_type", "layout", "brand", "description"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = document_types()
        types = [(name, said(kind.label, name)) for name, kind in known.items()]
        theirs = [
            (kind.layout, said(kind.label, name))
            for name, kind in known.items()
            if kind.layout.endswith(".typ")  # a file that the connector brings
        ]
        self._offer("document_type", [("", _("none")), *types])
        self._offer("layout", [("", _("no PDF")), *layouts(), *theirs])
        if self.instance.pk and self.instance.revisions.exists():
            self.fields["channel"].disabled = True
        self.fields["brand"].empty_label = _("The default brand")  # type: ignore[attr-defined]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Offer these, and what is already chosen even if nobody knows it any more."""
        current = getattr(self.instance, name)
        if current and current not in dict(choices):
            words = kind_words(self.instance) if name == "document_type" else current
            choices.append((current, words))
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def what_is_wrong(self) -> Iterable[tuple[str, str]]:
        return wrong_with(self.instance).items()

    def keep(self, *, by: Who, now: datetime) -> Template | None:
        """Save by the one function; None, with what is wrong, when it cannot be saved any more."""
        try:
            return save_template(self.instance, by=by, now=now)
        except SettingsInvalid as error:
            self.tell(error.problems.items())
            return None
