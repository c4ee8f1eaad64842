"""Names of files and sheets: what they hold and of when, no path, no sign that misleads (S27)."""

import re
import unicodedata
from pathlib import Path

from emailketing.content.texts import clean

RESERVED = "history"  # Excel keeps this name for itself
LONGEST = 80  # letters of a name without its ending


def file_name(stem: str, ending: str) -> str:
    """Name a file after what it holds: no path, no control or bidi characters (S27)."""
    return f"{_plain(stem)[:LONGEST].strip('-.') or 'tabla'}.{ending}"


def report_file_name(report: str, part: str, period: str, ending: str) -> str:
    """Name the file of a report: “Ventas-por-sucursal_Casa-Central_2026-11-29.xlsx”.

    Whoever gets the same report each day needs its period; whoever gets several parts of it, the
    part: so the report's own name is what is cut where all three are too long.

    Args:
        report: its title.
        part: whose rows these are: a branch, a customer; empty for all.
        period: as a date or month (2026-11-29, 2026-11), or in words.
        ending: xlsx, csv, pdf, zip.
    """
    ends = [_plain(each)[:30].strip("-.") for each in (part, period)]
    named = [each for each in ends if each]
    room = LONGEST - sum(len(each) + 1 for each in named)
    first = _plain(report)[:room].strip("-.") or "informe"
    return f"{'_'.join([first, *named])}.{ending}"


def sheet_name(title: str) -> str:
    """Return a name Excel takes: none of its special signs, at most 31 characters."""
    name = re.sub(r"[\[\]:*?/\\']", " ", clean(title, longest=200))
    short = " ".join(name.split())[:31].strip() or "1"
    return f"{short}." if short.lower() == RESERVED else short


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return Path(re.sub(r"[^A-Za-z0-9._-]+", "-", letters).strip("-._")).name
