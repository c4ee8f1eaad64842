"""Too large for the sender: one ZIP, and a word when that is too large as well (point 9)."""

import os
import zipfile
from pathlib import Path

from emailketing.content.sheet.zipping import ReportFile, fit_files

NAME = ("Ventas", "Central", "2026-11-29")


def file_of(folder: Path, name: str, content: bytes) -> ReportFile:
    path = folder / name
    path.write_bytes(content)
    return ReportFile(path, name, "text/csv")


def test_what_fits_stays_as_it_is(tmp_path: Path) -> None:
    file = file_of(tmp_path, "a.csv", b"x" * 1000)
    fitted = fit_files([file], 1370, tmp_path, name=NAME)
    assert (fitted.files, fitted.fits) == ((file,), True)


def test_what_does_not_is_packed_whole_and_the_same_each_time(tmp_path: Path) -> None:
    files = [file_of(tmp_path, f"{name}.csv", b"row;1\r\n" * 9_000) for name in "ab"]
    fitted = fit_files(files, 10_000, tmp_path, name=NAME)
    assert fitted.fits
    assert [file.file_name for file in fitted.files] == ["Ventas_Central_2026-11-29.zip"]
    first = fitted.files[0].path.read_bytes()
    with zipfile.ZipFile(fitted.files[0].path) as archive:
        assert archive.namelist() == ["a.csv", "b.csv"]
        assert archive.read("b.csv") == files[1].path.read_bytes()
    assert fit_files(files, 10_000, tmp_path, name=NAME).files[0].path.read_bytes() == first


def test_what_is_too_large_even_then_is_said(tmp_path: Path) -> None:
    file = file_of(tmp_path, "a.csv", os.urandom(20_000))
    assert not fit_files([file], 20_000, tmp_path, name=NAME).fits
