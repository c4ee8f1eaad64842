"""What a rule would have written in the last thirty days: to whom, when, and why not."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from emailketing.outbox.queueing.dispatch import Recipient
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import ConnectorError
from emailketing.triggers.notifications.models import Outcome, Rule
from emailketing.triggers.notifications.trying.simulate import SimulatedCase, Simulation, simulate
from emailketing.web.console.frame.pages import ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown
from emailketing.web.console.rules.sentence import sentence
from emailketing.web.console.rules.views import OneRule

DAYS, CASES_SHOWN, READERS_SHOWN = 30, 100, 50


class Simulated(OneRule, ConsolePage):
    permission_required = ("notifications.view_rule",)
    template_name = "console/rules/simulation.html"

    def get_title(self) -> str:
        return _("The last %(days)s days: %(rule)s") % {"days": DAYS, "rule": self.rule.name}

    def get_context_data(self, **kwargs: Shown) -> Context:
        try:
            found = simulate(self.rule, days=DAYS, now=timezone.now())
        except (CaptureError, ConnectorError) as error:
            found = Simulation(DAYS, problem=str(error))
        drawn = bars(found)
        return super().get_context_data(
            rule=self.rule,
            sentence=sentence(self.rule),
            found=found,
            days=DAYS,
            bars=drawn,
            last_day=drawn[-1]["day"] if drawn else None,
            readers=found.readers[:READERS_SHOWN],
            more_readers=max(len(found.readers) - READERS_SHOWN, 0),
            cases=[_row(self.rule, case) for case in found.cases[::-1][:CASES_SHOWN]],
            more_cases=max(len(found.cases) - CASES_SHOWN, 0),
            **kwargs,
        )


def bars(found: Simulation) -> list[Context]:
    """Every day of the span, also those without a message; as high as the busiest is whole."""
    if not found.by_day:
        return []
    first, last = min(found.by_day), max(found.by_day)
    busiest = max(found.by_day.values())
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    counts = [(day, found.by_day.get(day, 0)) for day in days]
    return [
        {"day": day, "count": count, "height": round(100 * count / busiest)}
        for day, count in counts
    ]


def _row(rule: Rule, case: SimulatedCase) -> Context:
    if case.event is not None:
        query: dict[str, str | int] = {"event": case.event.pk}
    else:
        query = {"document": case.document.get("key", "")}
    return {
        "case": case,
        "readers": _once(case.recipients),
        "moment": min(case.moments, default=None),
        "is_sent": case.result == Outcome.Result.SENT,
        "url": f"{reverse('console:rule_try', args=[rule.pk])}?{urlencode(query)}",
    }


def _once(recipients: tuple[Recipient, ...]) -> list[Recipient]:
    """A reminded reader stands in the case once for each day."""
    return list({(one.channel, one.address): one for one in recipients}.values())
