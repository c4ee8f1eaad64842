"""Files that are too large for a sender go as one ZIP; what is too large even then, by a link."""

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from emailketing.content.sheet.file_names import report_file_name

ZIP = "application/zip"
FIRST_TIME = (1980, 1, 1, 0, 0, 0)  # the same files give the same bytes
ENCODED = 1.37  # what base64 and its line ends make of a byte


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A file of a run, as it stands in its folder."""

    path: Path
    file_name: str
    mime_type: str

    @property
    def size(self) -> int:
        return self.path.stat().st_size


@dataclass(frozen=True, slots=True)
class Fitted:
    """What goes along with a mail.

    Attributes:
        files: as they are, or one ZIP of them.
        fits: whether the sender takes them; otherwise they go by a link, or not at all.
    """

    files: tuple[ReportFile, ...]
    fits: bool


def size_on_the_wire(files: Iterable[ReportFile]) -> int:
    """Return how many bytes these files make of a mail."""
    return int(sum(file.size for file in files) * ENCODED)


def fit_files(
    files: Iterable[ReportFile], most: int, folder: Path, *, name: tuple[str, str, str]
) -> Fitted:
    """Make the files fit into what a sender takes: as they are, else as one ZIP.

    Args:
        files: of one mail.
        most: bytes of a mail that the sender takes.
        folder: where a ZIP is written.
        name: report, part and period, for its name (S27).
    """
    given = tuple(files)
    if size_on_the_wire(given) <= most:
        return Fitted(given, fits=True)
    named = report_file_name(*name, "zip")
    packed = ReportFile(zip_files(given, folder / named), named, ZIP)
    return Fitted((packed,), fits=size_on_the_wire([packed]) <= most)


def zip_files(files: Iterable[ReportFile], path: Path) -> Path:
    """Write the files into one ZIP, piece by piece: memory stays flat."""
    written = path.with_name(f".{path.name}.part")
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.file_name, FIRST_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with file.path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as into:
                while piece := source.read(1_000_000):
                    into.write(piece)
    return written.replace(path)
