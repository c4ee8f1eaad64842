"""The form of the brand; the logo is checked and written anew before it is kept."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from emailketing.content.colours import NotAColour, rgb
from emailketing.content.logo import Logo, LogoRefused, clean_logo, starter_logo
from emailketing.content.models import Brand
from emailketing.web.console.forms.typed_forms import ModelForm
from emailketing.web.console.frame.shapes import Context
from emailketing.web.console.shown.words import tax_word

ROWS = {"rows": 3}


class BrandForm(ModelForm[Brand]):
    logo_file = forms.FileField(
        label=gettext_lazy("A picture as logo"),
        required=False,
        help_text=gettext_lazy("PNG or JPEG, at most 5 MB; wide logos look best."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    logo_choice = forms.ChoiceField(
        label=gettext_lazy("Logo"),
        required=False,
        choices=[
            ("keep", gettext_lazy("Keep it")),
            ("draw", gettext_lazy("Draw one from the name and the colours")),
            ("none", gettext_lazy("No logo: the name in letters")),
        ],
        initial="keep",
    )

    class Meta:
        model = Brand
        fields: ClassVar = [
            "name",
            "primary_colour",
            "accent_colour",
            "address",
            "phone",
            "email",
            "website",
            "tax_id",
            "signature",
            "legal_line",
        ]
        widgets: ClassVar = {
            "primary_colour": forms.TextInput(attrs={"type": "color"}),
            "accent_colour": forms.TextInput(attrs={"type": "color"}),
            "address": forms.Textarea(attrs=ROWS),
            "signature": forms.Textarea(attrs=ROWS),
            "legal_line": forms.Textarea(attrs=ROWS),
        }
        help_texts: ClassVar = {
            "primary_colour": gettext_lazy("Headings and buttons"),
            "accent_colour": gettext_lazy("The thin line and small marks"),
            "legal_line": gettext_lazy("Small print at the foot of every mail"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tax_id"].label = tax_word()

    def _clean_colour(self, name: str) -> str:
        colour: str = self.cleaned_data[name]
        try:
            rgb(colour)
        except NotAColour as error:
            raise forms.ValidationError(str(error)) from error
        return colour

    def clean_primary_colour(self) -> str:
        return self._clean_colour("primary_colour")

    def clean_accent_colour(self) -> str:
        return self._clean_colour("accent_colour")

    def clean_logo_file(self) -> Logo | None:
        upload = self.cleaned_data["logo_file"]
        if not upload:
            return None
        try:
            return clean_logo(upload.read())
        except LogoRefused as error:
            raise forms.ValidationError(str(error)) from error

    def put_logo(self) -> Brand:
        """Return the brand as the form says, with the logo chosen; nothing is saved."""
        brand, data = self.instance, self.cleaned_data
        uploaded: Logo | None = data.get("logo_file")
        if uploaded:
            brand.logo, brand.logo_type = uploaded.content, uploaded.mime_type
        elif data.get("logo_choice") == "draw":
            brand.logo = starter_logo(brand.name, brand.primary_colour, brand.accent_colour)
            brand.logo_type = "image/png"
        elif data.get("logo_choice") == "none":
            brand.logo, brand.logo_type = b"", ""
        return brand


def first_brand_values(**known: str) -> Context:
    """What a new brand begins with."""
    return {"primary_colour": "#0f4c81", "accent_colour": "#f2a900", **known}
