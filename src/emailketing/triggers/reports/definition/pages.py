"""The pages of a report's runs: which there are, who looked, and to end them (P11)."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.links.models import SignedLink
from emailketing.links.signed import revoke
from emailketing.triggers.reports.models import Report

PAGE = "report"  # the purpose of such links


def pages_of(report: Report) -> QuerySet[SignedLink]:
    """Return the links to pages of this report, newest first, each with its looks."""
    return SignedLink.objects.filter(purpose=PAGE, about=report.trigger)


@transaction.atomic
def revoke_pages(
    report: Report, *, by: Who | str, now: datetime, run: int | None = None, reader: str = ""
) -> int:
    """End the pages of a run, of a reader, or all of the report; return how many.

    Args:
        report: whose pages.
        by: who ends them.
        now: when.
        run: only of this run.
        reader: only those of this address.
    """
    ended = pages_of(report)
    if run is not None:
        ended = ended.filter(detail__startswith=f"{run}/")
    if reader:
        ended = ended.filter(address=reader.strip().lower())
    count = revoke(ended, by=str(by), now=now)
    told = {"run": run, "reader": reader, "pages": count}
    changes = {name: ["", value] for name, value in told.items() if value not in (None, "")}
    note("revoked", by=by, now=now, about=report, changes=changes)
    return count
