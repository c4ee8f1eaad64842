"""The attachment store: a file once, under its hash, never half written."""

import resource
from pathlib import Path

import pytest
from pytest_django import Settings

from emailketing.content.store import StoreFull, StoreMissing, get, put


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.ATTACHMENTS = tmp_path / "store"
    return tmp_path / "store"


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_same_content_is_kept_once(folder: Path) -> None:
    assert put(b"pdf") == put(b"pdf")
    assert len(files(folder)) == 1
    assert get(put(b"pdf")) == b"pdf"


def test_a_store_that_cannot_be_written_is_one_sentence_and_leaves_nothing_behind(
    folder: Path,
) -> None:
    sha256 = put(b"pdf")
    kept = files(folder)[0]
    kept.unlink()
    kept.parent.rmdir()
    kept.parent.write_bytes(b"")  # a file where a folder must be
    with pytest.raises(StoreFull, match="cannot be written"):
        put(b"pdf")
    assert [path.name for path in files(folder)] == [sha256[:2]]


def test_a_full_disk_is_one_sentence_and_leaves_nothing_behind(folder: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(StoreFull, match="Make room"):
            put(b"x" * 200_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert files(folder) == []


def test_a_file_cut_by_a_bad_restore_is_written_anew(folder: Path) -> None:
    sha256 = put(b"pdf")
    files(folder)[0].write_bytes(b"p")
    assert put(b"pdf") == sha256
    assert get(sha256) == b"pdf"


@pytest.mark.parametrize("damage", [b"", b"other"])
def test_a_damaged_file_is_never_handed_out(folder: Path, damage: bytes) -> None:
    sha256 = put(b"pdf")
    files(folder)[0].write_bytes(damage)
    with pytest.raises(StoreMissing):
        get(sha256)


def test_a_missing_file_is_said() -> None:
    with pytest.raises(StoreMissing, match="missing"):
        get("0" * 64)
