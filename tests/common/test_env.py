"""A wrong setting is one sentence that names the variable."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from emailketing.common.env import env_bool, env_database, env_int, env_str


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("abc\n")
    monkeypatch.setenv("EMAILKETING_X_FILE", str(tmp_path / "key"))
    assert env_str("X") == "abc"


@pytest.mark.parametrize("text", ["maybe", "2"])
def test_a_flag_that_is_neither_yes_nor_no_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAILKETING_X", text)
    with pytest.raises(ImproperlyConfigured, match="EMAILKETING_X"):
        env_bool("X", default=False)


def test_a_number_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAILKETING_X", "many")
    with pytest.raises(ImproperlyConfigured, match="EMAILKETING_X"):
        env_int("X", 1)


def test_both_databases_are_read_from_one_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("U", "postgresql://ana:p%40ss@db.example:5433/avisos")
    settings = env_database("U", "")
    assert (settings["USER"], settings["PASSWORD"]) == ("ana", "p@ss")
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == (
        "db.example",
        "5433",
        "avisos",
    )
    monkeypatch.setenv("U", "sqlite:////var/lib/x.sqlite3")
    assert env_database("U", "")["NAME"] == "/var/lib/x.sqlite3"
    monkeypatch.setenv("U", "mysql://x/y")
    with pytest.raises(ImproperlyConfigured, match="sqlite:///"):
        env_database("U", "")
