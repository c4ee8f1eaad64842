"""The form of a sender: only what its kind asks for; secrets go in and never come out (S22).

What can be saved is decided in one place, `channels.senders`, for this form and the command line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.models import User
from emailketing.accounts.who import Who
from emailketing.channels import senders
from emailketing.channels.catalogue import is_phone, kind_of
from emailketing.channels.declared import ANSWER, LIMITS, RECEIPTS, REQUEST, Option
from emailketing.channels.models import Sender
from emailketing.web.console.forms.amount_field import AmountField
from emailketing.web.console.forms.reading_form import ReadingForm

SECRET = {"autocomplete": "new-password"}
OWN = (
    *("from_name", "from_address", "reply_to", "host", "port", "security", "username"),
    "connections",
)
ALWAYS = {"name", "daily_limit", "users", "is_default", "is_active"}
PAID = {"price", "monthly_budget", "per_second"}


@dataclass(frozen=True)
class FormPart:
    """A group of fields on the page; `is_folded`: seldom needed, opened by a click."""

    title: str
    fields: list[forms.BoundField]
    is_folded: bool = False


class SenderForm(ReadingForm[Sender]):
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        strip=False,
        max_length=2000,
        widget=forms.PasswordInput(attrs=SECRET),
    )
    hook_secret = forms.CharField(
        required=False, strip=False, max_length=500, widget=forms.PasswordInput(attrs=SECRET)
    )

    class Meta:
        model = Sender
        fields: ClassVar = [
            *("name", "from_name", "from_address", "reply_to", "host", "port", "security"),
            *("username", "connections", "daily_limit", "price", "monthly_budget", "per_second"),
            *("users", "is_default", "is_active"),
        ]
        field_classes: ClassVar = {
            "price": AmountField,
            "monthly_budget": AmountField,
            "reply_to": forms.CharField,
        }
        widgets: ClassVar = {"users": forms.CheckboxSelectMultiple, "reply_to": forms.EmailInput}
        labels: ClassVar = {
            "connections": gettext_lazy("Connections at most"),
            "daily_limit": gettext_lazy("Messages a day at most"),
            "monthly_budget": gettext_lazy("Budget a month"),
            "per_second": gettext_lazy("Messages a second at most"),
        }
        help_texts: ClassVar = {
            "name": gettext_lazy("What it is called here: “Purchases”, “Office”"),
            "host": gettext_lazy("The SMTP server of your provider, for example smtp.example.com"),
            "is_default": gettext_lazy("Rules without a sender of their own use it"),
            "daily_limit": gettext_lazy("Empty: no limit"),
            "monthly_budget": gettext_lazy("When it is spent, messages wait. Empty: no limit"),
            "per_second": gettext_lazy("As your contract says. Empty: no limit"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = kind_of(self.instance.kind)
        for name in set(self.fields) & (set(OWN) - set(self.about.fields)):
            del self.fields[name]
        for name in PAID:
            if not is_phone(self.about.channel):
                del self.fields[name]
        self.fields["users"].queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self._name_fields()
        self._secrets()
        for option in self.about.options:
            self._add_option(option)

    def _name_fields(self) -> None:
        about = self.about
        if about.securities:
            self.fields["security"].choices = list(about.securities)  # type: ignore[attr-defined]
        for name, label in about.names.items():
            self.fields[name].label = str(label)
        for name, text in about.helps.items():
            self.fields[name].help_text = str(text)

    def _secrets(self) -> None:
        for name, label, kept in (
            ("password", self.about.password, self.instance.password_encrypted),
            ("hook_secret", self.about.hook_secret, self.instance.hook_secret_encrypted),
        ):
            if not label:
                del self.fields[name]
                continue
            self.fields[name].label = str(label)
            if kept:
                self.fields[name].help_text = _("One is kept; leave empty to keep it.")

    def _add_option(self, option: Option) -> None:
        shared: dict[str, Any] = {
            "label": option.label,
            "help_text": option.help,
            "required": False,  # the one check says it
            "initial": (self.instance.options or {}).get(option.name, option.default),
        }
        field: forms.Field
        if option.way == "switch":
            field = forms.BooleanField(**shared)
        elif option.way == "choice":
            field = forms.ChoiceField(choices=list(option.choices), **shared)
        elif option.way == "lines":
            rows = {"class": "cf-code", "rows": 6, "spellcheck": "false"}
            field = forms.CharField(widget=forms.Textarea(attrs=rows), strip=False, **shared)
        else:
            field = forms.CharField(**shared)
        self.fields[f"option_{option.name}"] = field

    def what_is_wrong(self) -> Iterator[tuple[str, str]]:
        """Put options and secrets into the sender, too, and ask (channels.sender_checks)."""
        sender = self.instance
        sender.options = {
            option.name: self.cleaned_data.get(f"option_{option.name}")
            for option in self.about.options
        }
        try:
            senders.take_entered(sender, **self._entered())
        except senders.SenderInvalid as found:
            yield from found.by_field()

    def keep(self, *, by: Who, now: datetime) -> Sender | None:
        """Save by the one function; None, with what is wrong, when it cannot be saved any more."""
        users = self.cleaned_data.get("users")
        try:
            return senders.save_sender(
                self.instance, by=by, now=now, users=users, **self._entered()
            )
        except senders.SenderInvalid as found:
            self.tell(found.by_field())
            return None

    def _entered(self) -> dict[str, str | None]:
        names = ("password", "hook_secret")
        return {name: self.cleaned_data.get(name) or None for name in names}

    # --- for the page

    @property
    def parts(self) -> list[FormPart]:
        """The fields in groups, as this kind needs them."""
        options = [(o.part, f"option_{o.name}") for o in self.about.options]
        wires = ["host", "port", "security", "username", "password", "hook_secret"]
        if self.about.has_own_receipts:
            wires = ["username", "password"]
        plain = [name for part, name in options if not part]
        groups: list[tuple[str | Promise, list[str], bool]] = [
            (_("Who writes"), ["name", "from_name", "from_address", "reply_to"], False),
            (_("The request"), [n for part, n in options if part == REQUEST], False),
            (self.about.wire_title, sorted(wires + plain, key=lambda n: n != "option_url"), False),
            (_("What the gateway answers"), [n for part, n in options if part == ANSWER], True),
            (_("Receipts"), self._receipts(options), True),
        ]
        found = [
            FormPart(str(title), [self[name] for name in names if name in self.fields], is_folded)
            for title, names, is_folded in groups
        ]
        return [part for part in found if part.fields]

    def _receipts(self, options: list[tuple[str, str]]) -> list[str]:
        names = [name for part, name in options if part == RECEIPTS]
        return [*names, "hook_secret"] if self.about.has_own_receipts else names

    @property
    def limits(self) -> list[forms.BoundField]:
        names = ["price", "monthly_budget", "per_second", "daily_limit", "connections"]
        names += [f"option_{o.name}" for o in self.about.options if o.part == LIMITS]
        return [self[name] for name in names if name in self.fields]
