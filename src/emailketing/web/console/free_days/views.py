"""Free days: the holidays of a year, and what the company and its branches say of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.company.change_free_days import (
    YEARS,
    FreeDayInvalid,
    add_free_day,
    look_through_free_days,
    move_free_day,
    remove_free_day,
    set_free_weekdays,
)
from emailketing.company.free_days import asks_to_look, free_days
from emailketing.company.models import Company, FreeDay
from emailketing.web.console.frame.base import who
from emailketing.web.console.frame.pages import ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart
from emailketing.web.console.free_days.forms import FreeDayForm, OneDayForm, WeekForm

CHANGES = "company.change_freeday"
CHANGES_WEEK = "company.change_company"


@dataclass(frozen=True, slots=True)
class FreeDayLine:
    """One day of the list."""

    day: date
    name: str
    why: str
    is_free: bool
    said: FreeDay | None


class FreeDaysPage(ConsolePage):
    permission_required = ("company.view_freeday",)
    title = gettext_lazy("Free days")
    template_name = "console/free_days/free_days.html"

    def get_context_data(self, **kwargs: Shown) -> Context:
        year, branch = self._year(), self.request.GET.get("branch", "")[:80]
        company = Company.get()
        known = free_days(branch)
        given = kwargs.pop("form", None)
        week = {"usual": company.free_weekdays is None, "days": sorted(map(str, known.weekdays))}
        return super().get_context_data(
            form=given
            if isinstance(given, FreeDayForm)
            else FreeDayForm(initial={"branch": branch}),
            week=WeekForm(week),
            lines=self._lines(year, branch),
            year=year,
            years=[one for one in (year - 1, year + 1) if one in YEARS],
            branch=branch,
            branches=FreeDay.objects.exclude(branch="")
            .order_by("branch")
            .distinct()
            .values_list("branch", flat=True),
            asks_to_look=asks_to_look(company, timezone.localdate()),
            can_change=self.user.has_perm(CHANGES),
            can_change_week=self.user.has_perm(CHANGES_WEEK),
            **kwargs,
        )

    def _lines(self, year: int, branch: str) -> list[FreeDayLine]:
        known = free_days(branch)
        first, last = date(year, 1, 1), date(year, 12, 31)
        days = {*known.between(first, last), *(day for day in known.own if day.year == year)}
        return [
            FreeDayLine(
                day, known.name_of(day), known.why(day), known.is_free(day), known.own.get(day)
            )
            for day in sorted(days)
        ]

    def _year(self) -> int:
        asked = self.request.GET.get("year", "")
        year = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else 0  # noqa: PLR2004
        return year if year in YEARS else timezone.localdate().year

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        asked = request.POST.get("do", "")
        changes: dict[str, Callable[[], HttpResponse]] = {
            "add": self._add,
            "remove": self._remove,
            "move": self._move,
            "looked": self._looked,
        }
        if asked == "week":
            allowed, change = CHANGES_WEEK, self._week
        else:
            allowed, change = CHANGES, changes.get(asked, self._nothing)
        return change() if self.user.has_perm(allowed) else HttpResponse(status=403)

    def _add(self) -> HttpResponse:
        form = FreeDayForm(self.request.POST)
        if form.is_valid():
            day, name, branch = (form.cleaned_data[word] for word in ("day", "name", "branch"))
            try:
                add_free_day(day, name, branch=branch, by=who(self.request), now=timezone.now())
            except FreeDayInvalid as wrong:
                form.add_error("day", str(wrong))
            else:
                return self._done(
                    _("%(day)s is a free day.") % {"day": date_format(day)}, day.year, branch
                )
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _remove(self) -> HttpResponse:
        def change(day: date, _to: date | None, branch: str) -> str:
            remove_free_day(day, branch=branch, by=who(self.request), now=timezone.now())
            return _("%(day)s is a working day.") % {"day": date_format(day)}

        return self._one(change)

    def _move(self) -> HttpResponse:
        def change(day: date, to: date | None, branch: str) -> str:
            if to is None:
                raise FreeDayInvalid(_("Say to which day it goes."))
            move_free_day(day, to, branch=branch, by=who(self.request), now=timezone.now())
            words = {"day": date_format(day), "to": date_format(to)}
            return _("%(to)s is free instead of %(day)s.") % words

        return self._one(change)

    def _one(self, change: Callable[[date, date | None, str], str]) -> HttpResponse:
        form = OneDayForm(self.request.POST)
        if not form.is_valid():
            messages.error(self.request, _("This is no day."))
            return self._back(form)
        day, to, branch = (form.cleaned_data[word] for word in ("day", "to", "branch"))
        try:
            return self._done(change(day, to, branch), day.year, branch)
        except FreeDayInvalid as wrong:
            messages.error(self.request, str(wrong))
        return self._back(form)

    def _week(self) -> HttpResponse:
        form = WeekForm(self.request.POST)
        if not form.is_valid():
            messages.error(self.request, _("This is no day."))
            return self._back(form)
        is_usual, days = (form.cleaned_data[name] for name in ("usual", "days"))
        try:
            chosen = None if is_usual else [int(day) for day in days]
            set_free_weekdays(chosen, by=who(self.request), now=timezone.now())
        except FreeDayInvalid as wrong:
            messages.error(self.request, str(wrong))
            return self._back(form)
        return self._done(_("Saved."), timezone.localdate().year, "")

    def _looked(self) -> HttpResponse:
        year = timezone.localdate().year + 1
        look_through_free_days(year, by=who(self.request), now=timezone.now())
        return self._done(_("Noted: somebody has looked."), year, "")

    def _nothing(self) -> HttpResponse:
        return HttpResponse(status=400)

    def _done(self, sentence: str, year: int, branch: str) -> HttpResponse:
        messages.success(self.request, sentence)
        return redirect(_address(year, branch))

    def _back(self, form: Form) -> HttpResponse:
        branch = form.cleaned_data.get("branch", "")
        return redirect(_address(self._year(), branch))


def _address(year: int, branch: str) -> str:
    query = urlencode({"year": str(year), "branch": branch})
    return f"{reverse('console:free_days')}?{query}"
