"""`ModelForm[Rule]`: Django's own class takes a type for the type checker only."""

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from django.forms import ModelForm
else:

    class ModelForm(forms.ModelForm):
        def __class_getitem__(cls, _model: Any) -> Any:
            return cls


__all__ = ["ModelForm"]
