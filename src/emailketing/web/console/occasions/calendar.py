"""The next sixty days: per day who gets what by which channel, who does not, and why (O5)."""

from itertools import groupby
from operator import attrgetter

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.audience.ways import plan_of
from emailketing.company.models import Company
from emailketing.triggers.occasions.definition.right import may_see_rows
from emailketing.triggers.occasions.models import Skip
from emailketing.triggers.occasions.running.coming import (
    DAYS,
    ComingDay,
    coming_days,
    cost_of,
    past_days,
    people_of,
    ways_in_words,
)
from emailketing.triggers.occasions.running.judge import GreetingVerdict
from emailketing.web.console.frame.pages import ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown
from emailketing.web.console.occasions.acts import day_sent
from emailketing.web.console.occasions.views import CHANGES, VIEWS, OneOccasion

MOST_PEOPLE = 500

Line = tuple[GreetingVerdict, str]


def lines_of(verdicts: tuple[GreetingVerdict, ...] | list[GreetingVerdict]) -> list[Line]:
    """Return each person with the channels in words."""
    return [(verdict, ways_in_words(verdict)) for verdict in verdicts]


class CalendarPage(ConsolePage):
    permission_required = (VIEWS,)
    template_name = "console/occasions/calendar.html"
    title = gettext_lazy("Calendar of special dates")

    def get_back(self) -> tuple[str, str]:
        return _("Special dates"), reverse("console:occasions")

    def get_context_data(self, **kwargs: Shown) -> Context:
        today = timezone.localdate()
        found = coming_days(today, days=DAYS)
        return super().get_context_data(
            days=[
                (on, [(one, lines_of(one.verdicts), self._sees(one)) for one in several])
                for on, several in groupby(found, key=attrgetter("on"))
            ],
            past=past_days(today),
            count=DAYS,
            can_change=self.user.has_perm(CHANGES),
            **kwargs,
        )

    def _sees(self, one: ComingDay) -> bool:
        return may_see_rows(self.user, one.occasion)


class DayPage(OneOccasion):
    """Everybody of one day of one occasion."""

    template_name = "console/occasions/day.html"

    def get_title(self) -> str:
        on = day_sent(str(self.kwargs["day"]))
        return f"{self.occasion.name} · {date_format(on, 'DATE_FORMAT')}"

    def get_back(self) -> tuple[str, str]:
        return _("Calendar of special dates"), reverse("console:calendar")

    def get_context_data(self, **kwargs: Shown) -> Context:
        on, occasion = day_sent(str(self.kwargs["day"])), self.occasion
        is_seen = may_see_rows(self.user, occasion)
        found = people_of(occasion, on, most=MOST_PEOPLE) if is_seen else []
        skips = Skip.objects.filter(occasion=occasion, day=on)
        return super().get_context_data(
            occasion=occasion,
            on=on,
            lines=lines_of(found),
            is_seen=is_seen,
            is_skipped=skips.filter(contact=None).exists(),
            cost=cost_of(plan_of(occasion), found),
            currency=Company.get().currency,
            most=MOST_PEOPLE,
            can_change=self.user.has_perm(CHANGES),
            **kwargs,
        )
