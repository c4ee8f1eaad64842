"""Forms that read what was typed; whether it can be saved the domain's one function says.

Django's own checks of a model say the same in other words, and only on this face.
"""

from typing import Any, TypeAlias

from django import forms
from django.core.validators import BaseValidator
from django.forms.models import construct_instance

AnyForm: TypeAlias = "forms.ModelForm[Any]"  # whatever record it fills


def leave_checks(form: AnyForm) -> None:
    """Take from the model's fields what the domain asks by itself: filled, length, bounds."""
    for name in form._meta.fields or ():
        field = form.fields.get(name)
        if field is None:
            continue
        field.validators = [one for one in field.validators if not isinstance(one, BaseValidator)]
        if isinstance(field, forms.CharField) and field.required:
            field.required = False
            field.widget.attrs["required"] = True  # the browser asks at once


def fill_instance(form: AnyForm) -> None:
    """Put into the record what could be read, checking nothing (instead of `_post_clean`)."""
    construct_instance(form, form.instance, form._meta.fields, form._meta.exclude)
