"""The pictures that a report's mail shows out of the store: `cid:chart`, `cid:trend0` and so on."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from emailketing.common.plain import JSON, Values
from emailketing.content.shape import report_in
from emailketing.content.store import StoreMissing, get

logger = logging.getLogger(__name__)
MISSING = "The picture %s of a report is gone from the store; restore it from the backup."


@dataclass(frozen=True, slots=True)
class ReportPicture:
    """A picture, kept by its hash; the page shows it as `cid:` and its name."""

    name: str
    sha256: str
    content: bytes


def pictures_of(page: str, data: Values, language: str) -> Iterator[ReportPicture]:
    """Yield the pictures that this page shows.

    One that is gone never stops a mail: the text stands there that says the same.
    """
    if "cid:chart" not in page and "cid:trend" not in page:
        return
    for name, sha256 in _named(report_in(data, language)):
        if not sha256 or f"cid:{name}" not in page:
            continue
        try:
            yield ReportPicture(name, sha256, get(sha256))
        except StoreMissing:
            logger.warning(MISSING, sha256, extra={"action": "chart_missing"})


def _named(report: Values) -> Iterator[tuple[str, str]]:
    yield "chart", _hash_of(report["chart"])
    figures = report["figures"]
    for number, figure in enumerate(figures if isinstance(figures, list) else ()):
        if isinstance(figure, Mapping):
            yield f"trend{number}", _hash_of(figure.get("trend"))


def _hash_of(picture: JSON) -> str:
    return str(picture.get("sha256") or "") if isinstance(picture, Mapping) else ""
