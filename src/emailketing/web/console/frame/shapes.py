"""Types of what goes into a page: parts of its address, and what a template may show."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.utils.functional import Promise

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from django.contrib.admin import ModelAdmin
    from django.db.models import Model
    from django.http import QueryDict
    from django.utils.functional import _StrPromise

UrlPart: TypeAlias = str | int  # what an address captures
Words: TypeAlias = "str | _StrPromise"  # a text, maybe translated when it is shown
Cell: TypeAlias = "Words | Promise | bool | int | float | Decimal | date | time | timedelta | None"
Shown: TypeAlias = (
    "Cell | Exception | Model | BaseForm | BoundField | DataclassInstance"
    " | Iterable[Shown] | Mapping[str, Shown] | Mapping[int, Shown] | Callable[[], Shown]"
)
Context: TypeAlias = dict[str, Shown]
Choices: TypeAlias = "Iterable[tuple[str, Words]]"  # of a filter: value, its name
Clicked: TypeAlias = "Mapping[str, Shown] | QueryDict | None"  # what a form was sent
ListAdmin: TypeAlias = "ModelAdmin[Any]"  # whatever rows it lists
