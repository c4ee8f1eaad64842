"""The zone that the hours and periods of a report are of."""

from emailketing.common.zones import is_zone
from emailketing.company.models import Company
from emailketing.triggers.reports.models import Report


def zone_of_report(report: Report) -> str:
    """Return it; its schedule refuses one there is not."""
    named = str(report.schedule.get("zone") or "")
    return named if is_zone(named) else Company.get().time_zone
