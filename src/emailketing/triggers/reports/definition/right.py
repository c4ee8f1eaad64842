"""May the author of a report still do what it does? Asked again at each run (P12)."""

from emailketing.common.said import say as _
from emailketing.triggers.reports.models import Report

MAY_REPORT = "reports.change_report"


def right_lost(report: Report) -> str:
    """Say that its owner may not report any more; "" where he may, or somebody at the server."""
    if not report.has_owner:
        return ""
    owner = report.owner
    if owner is None:
        return _("The owner of this report is no user any more. Choose another, then resume it.")
    words = {"name": owner.get_username()}
    if not owner.is_active:
        return (
            _("The owner %(name)s may not sign in any more. Choose another, then resume it.")
            % words
        )
    if not owner.has_perm(MAY_REPORT):
        return (
            _("The owner %(name)s may not make reports any more. Choose another, then resume it.")
            % words
        )
    return ""
