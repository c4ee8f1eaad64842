"""The forms of the assistant: fewer questions than the pages themselves."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.content.logo import Logo, LogoRefused, clean_logo
from emailketing.content.models import Brand
from emailketing.web.console.forms.typed_forms import ModelForm
from emailketing.web.console.senders.form import SenderForm


class LookForm(ModelForm[Brand]):
    """Colours and logo; everything else of the brand can wait."""

    logo_file = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG or JPEG. Without one we draw a simple one from the name."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )

    class Meta:
        model = Brand
        fields: ClassVar = ["primary_colour", "accent_colour", "phone", "email", "address"]
        widgets: ClassVar = {
            "primary_colour": forms.TextInput(attrs={"type": "color"}),
            "accent_colour": forms.TextInput(attrs={"type": "color"}),
            "address": forms.TextInput(),
        }

    def clean_logo_file(self) -> Logo | None:
        upload = self.cleaned_data["logo_file"]
        if not upload:
            return None
        try:
            return clean_logo(upload.read())
        except LogoRefused as error:
            raise forms.ValidationError(str(error)) from error


class FirstSenderForm(SenderForm):
    """Either the sandbox for now, or the company's mail server."""

    how = forms.ChoiceField(
        choices=[("sandbox", ""), ("server", "")], initial="sandbox", widget=forms.RadioSelect
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        values = data.copy() if data is not None else None
        if values is not None and values.get("how") != "server":
            # in the sandbox nothing leaves this machine: any server will do until going live
            values.update({"host": "localhost", "port": "25", "security": "plain"})
            values.update({"username": "", "password": ""})
        if values is not None:
            values.update({"connections": "4", "is_active": "on", "is_default": "on"})
            values["name"] = values.get("name") or values.get("from_name") or _("Company")
        super().__init__(values, **kwargs)
