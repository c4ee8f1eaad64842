"""The forms of the brand; what can be kept `content.brand` says, of the logo too."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.who import Who
from emailketing.content.brand import (
    DRAW,
    KEEP,
    NONE,
    BrandInvalid,
    save_brand,
    set_logo,
    wrong_with,
)
from emailketing.content.logo import LogoRefused
from emailketing.content.models import Brand
from emailketing.content.store import StoreFull
from emailketing.web.console.forms.reading_form import ReadingForm
from emailketing.web.console.frame.shapes import Context
from emailketing.web.console.shown.words import tax_word

ROWS = {"rows": 3}
COLOURS = {
    "primary_colour": forms.TextInput(attrs={"type": "color"}),
    "accent_colour": forms.TextInput(attrs={"type": "color"}),
}


class LookForm(ReadingForm[Brand]):
    """Colours and logo; everything else of the brand can wait (first run)."""

    logo_file = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG or JPEG. Without one we draw a simple one from the name."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )

    class Meta:
        model = Brand
        fields: ClassVar = ["primary_colour", "accent_colour", "phone", "email", "address"]
        widgets: ClassVar = {**COLOURS, "address": forms.TextInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._name_fields()

    def _name_fields(self) -> None:
        """The labels of the model do here."""

    def what_is_wrong(self) -> Iterator[tuple[str, str]]:
        """Put the logo on the brand, too, and ask; of what this page does not ask, nothing."""
        upload = self.cleaned_data.get("logo_file")
        try:
            set_logo(self.instance, upload.read() if upload else b"", otherwise=self.otherwise())
        except LogoRefused as error:
            yield "logo_file", str(error)
        for name, sentence in wrong_with(self.instance).items():
            if name in self.fields:
                yield name, sentence

    def otherwise(self) -> str:
        """What becomes of the logo when no file is brought."""
        return KEEP

    def keep(self, *, by: Who, now: datetime) -> list[str] | None:
        """Save by the one function and return its notices; None, with what is wrong, if refused."""
        try:
            return save_brand(self.instance, by=by, now=now)
        except BrandInvalid as error:
            self.tell(error.problems.items())
        except StoreFull as error:
            self.add_error(None, str(error))
        return None


class BrandForm(LookForm):
    logo_choice = forms.ChoiceField(
        label=gettext_lazy("Logo"),
        required=False,
        choices=[
            (KEEP, gettext_lazy("Keep it")),
            (DRAW, gettext_lazy("Draw one from the name and the colours")),
            (NONE, gettext_lazy("No logo: the name in letters")),
        ],
        initial=KEEP,
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
            **COLOURS,
            "address": forms.Textarea(attrs=ROWS),
            "signature": forms.Textarea(attrs=ROWS),
            "legal_line": forms.Textarea(attrs=ROWS),
        }
        help_texts: ClassVar = {
            "primary_colour": gettext_lazy("Headings and buttons"),
            "accent_colour": gettext_lazy("The thin line and small marks"),
            "legal_line": gettext_lazy("Small print at the foot of every mail"),
        }

    def _name_fields(self) -> None:
        self.fields["tax_id"].label = tax_word()
        self.fields["logo_file"].label = _("A picture as logo")
        self.fields["logo_file"].help_text = _("PNG or JPEG, at most 5 MB; wide logos look best.")

    def otherwise(self) -> str:
        return self.cleaned_data.get("logo_choice") or KEEP


def first_brand_values(**known: str) -> Context:
    """What a new brand begins with."""
    return {"primary_colour": "#0f4c81", "accent_colour": "#f2a900", **known}
