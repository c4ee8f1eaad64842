"""The chart that a report's mail shows as `cid:chart`, out of the store."""

import logging
from dataclasses import dataclass

from emailketing.common.plain import Values
from emailketing.content.shape import report_in
from emailketing.content.store import StoreMissing, get

logger = logging.getLogger(__name__)
MISSING = "The chart %s of a report is gone from the store; restore it from the backup."


@dataclass(frozen=True, slots=True)
class ReportChart:
    """The picture, kept by its hash."""

    sha256: str
    content: bytes


def chart_of(page: str, data: Values, language: str) -> ReportChart | None:
    """Return the chart that this page shows; None where there is none.

    One that is gone never stops a mail: the text stands there that says the same.
    """
    if "cid:chart" not in page:
        return None
    sha256 = str(report_in(data, language)["chart"].get("sha256") or "")
    if not sha256:
        return None
    try:
        return ReportChart(sha256, get(sha256))
    except StoreMissing:
        logger.warning(MISSING, sha256, extra={"action": "chart_missing"})
        return None
