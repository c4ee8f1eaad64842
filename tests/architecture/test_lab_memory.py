"""What the tests throw away lies in memory where there is room for it, and only there."""

from pathlib import Path

from tools.lab_memory import folder_for_tests, place


def test_a_machine_with_room_has_a_place_of_its_own_for_each_checkout(tmp_path: Path) -> None:
    found = {place(name, memory=tmp_path, room=1) for name in ("one", "two")}
    assert found == {tmp_path / "emailketing-one", tmp_path / "emailketing-two"}


def test_a_machine_without_room_or_without_such_a_place_uses_its_disk(tmp_path: Path) -> None:
    assert place("one", memory=tmp_path, room=1 << 60) is None
    assert place("one", memory=tmp_path / "none", room=1) is None


def test_a_place_that_is_in_use_stays_in_use_when_room_grows_short(tmp_path: Path) -> None:
    used = tmp_path / "emailketing-one"
    folder_for_tests(used)
    assert place("one", memory=tmp_path, room=1 << 60) == used


def test_the_folder_of_the_tests_is_empty_and_open_to_the_servers_they_start(
    tmp_path: Path,
) -> None:
    folder = folder_for_tests(tmp_path / "here")
    (folder / "left behind").touch()
    assert list(folder_for_tests(tmp_path / "here").iterdir()) == []
    assert folder.stat().st_mode & 0o7777 == 0o1777
    assert folder.parent.stat().st_mode & 0o7777 == 0o755
