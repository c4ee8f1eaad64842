"""A field for a number or an amount as people write it: “1.000.000”, “1,000,000”, “85,5”."""

from decimal import Decimal
from typing import Any

from django import forms

from emailketing.common.language import active_language
from emailketing.triggers.notifications.rules.numerals import NotUnderstood, proof, read_number


class AmountField(forms.DecimalField):
    """Understood when there is one reading, else asked about by example."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            found = read_number(text, active_language(), label=str(self.label or ""))
        except NotUnderstood as error:
            raise forms.ValidationError(str(error)) from error
        return super().to_python(found.number)

    def prepare_value(self, value: Any) -> Any:
        return proof(value) if isinstance(value, Decimal) else value
