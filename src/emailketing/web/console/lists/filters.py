"""Filters for the lists: a period with a default, so that no list reads the whole history."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from emailketing.web.console.forms.numbers import whole
from emailketing.web.console.frame.shapes import Choices, ListAdmin

if TYPE_CHECKING:
    from django.contrib.admin.filters import _ListFilterChoices

PERIODS = (
    ("today", _("Today")),
    ("7", _("Last 7 days")),
    ("30", _("Last 30 days")),
    ("365", _("Last year")),
    ("all", _("Everything")),
)


class PeriodFilter(SimpleListFilter):
    """Since when, by an indexed column; set `column` (and `default`) in a subclass."""

    title = _("period")
    parameter_name = "period"
    column = "created_at"
    default = "30"

    def lookups(self, _request: HttpRequest, _model_admin: ListAdmin) -> Choices:
        return PERIODS

    def value(self) -> str:
        return super().value() or self.default

    def choices(self, changelist: ChangeList) -> Iterator["_ListFilterChoices"]:
        for value, title in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        now = timezone.localtime()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        if self.value() == "today":
            return queryset.filter(**{f"{self.column}__gte": midnight})
        days = whole(self.value())
        if days is None or self.value() not in dict(PERIODS):  # an age no calendar knows
            return queryset
        start = midnight - timedelta(days=days)
        return queryset.filter(**{f"{self.column}__gte": start})
