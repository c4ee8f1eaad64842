"""The form of a sender; the password goes in and never comes out (S22)."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.models import User
from emailketing.channels.email.account import is_loopback
from emailketing.channels.models import Sender
from emailketing.web.console.typed_forms import ModelForm

MOST_CONNECTIONS = 50


class SenderForm(ModelForm[Sender]):
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    connections = forms.IntegerField(
        label=gettext_lazy("Connections at most"), min_value=1, max_value=MOST_CONNECTIONS
    )
    daily_limit = forms.IntegerField(
        label=gettext_lazy("Messages a day at most"),
        min_value=1,
        required=False,
        help_text=gettext_lazy("Empty: no limit"),
    )

    class Meta:
        model = Sender
        fields: ClassVar = [
            "name",
            "from_name",
            "from_address",
            "reply_to",
            "host",
            "port",
            "security",
            "username",
            "connections",
            "daily_limit",
            "users",
            "is_default",
            "is_active",
        ]
        widgets: ClassVar = {"users": forms.CheckboxSelectMultiple}
        help_texts: ClassVar = {
            "name": gettext_lazy("What it is called here: “Purchases”, “Office”"),
            "host": gettext_lazy("The SMTP server of your provider, for example smtp.example.com"),
            "is_default": gettext_lazy("Rules without a sender of their own use it"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._was = {name: getattr(self.instance, name) for name in ("host", "username", "port")}
        self.has_password = bool(self.instance.password_encrypted)
        if self.has_password:
            self.fields["password"].help_text = _("One is kept; leave empty to keep it.")
        self.fields["users"].queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._check_host(cleaned)
        self._check_password(cleaned)
        return cleaned

    def _check_host(self, cleaned: dict[str, Any]) -> None:
        """S14, S24: no scanner of ports, no password in the clear."""
        host, port = str(cleaned.get("host") or ""), cleaned.get("port")
        if not host or is_loopback(host):
            return
        if cleaned.get("security") == Sender.Security.PLAIN:
            sentence = _("Without encryption only a server on this computer may be used.")
            self.add_error("security", sentence)
        if port and port not in settings.SENDER_PORTS:
            ports = ", ".join(str(number) for number in settings.SENDER_PORTS)
            sentence = _("Mail servers listen on port %(ports)s; another one is refused.")
            self.add_error("port", sentence % {"ports": ports})

    def _check_password(self, cleaned: dict[str, Any]) -> None:
        """A kept password goes to the server and user it was given for, to no other (S22)."""
        if cleaned.get("password") or not self.has_password or not cleaned.get("username"):
            return
        if any(cleaned.get(name) != value for name, value in self._was.items()):
            self.add_error(
                "password", _("Enter the password again: the server or the user has changed.")
            )

    def filled(self) -> Sender:
        """Return the sender as the form says, unsaved."""
        sender = self.instance
        if not self.cleaned_data.get("username"):
            sender.password_encrypted = ""
        elif self.cleaned_data.get("password"):
            sender.password = self.cleaned_data["password"]
        return sender

    def save(self, commit: bool = True) -> Sender:
        self.filled()
        if not Sender.objects.exclude(pk=self.instance.pk).exists():
            self.instance.is_default = True
        sender = super().save(commit)
        if sender.is_default:
            Sender.objects.exclude(pk=sender.pk).update(is_default=False)
        return sender
