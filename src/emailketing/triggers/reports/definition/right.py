"""May the author of a report still do what it does? Asked again at each run (P12)."""

from emailketing.accounts.models import User
from emailketing.accounts.who import Who
from emailketing.audience.problem import Problem
from emailketing.common.said import say as _
from emailketing.listings.errors import NotForYou
from emailketing.listings.right import may_see
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
    if not may_see(owner, report.listing):
        sentence = _(
            "The owner %(name)s may not see the listing “%(listing)s”. Choose another, then resume"
            " it."
        )
        return sentence % (words | {"listing": report.listing})
    return ""


def unseen_by(report: Report, by: Who | User | str) -> list[Problem]:
    """Say that its listing is not for who makes it, or not for whom it is made."""
    if not may_see(by, report.listing):
        return [Problem(str(NotForYou(name=report.listing)), "listing")]
    owner = report.owner
    if owner is not None and owner.is_active and not may_see(owner, report.listing):
        return [Problem(right_lost(report), "owner")]
    return []
