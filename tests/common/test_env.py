"""A wrong setting is one sentence that names the variable, in the operator's language."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from emailketing.cli.language import in_language
from emailketing.common.env import (
    SettingInvalid,
    env_bool,
    env_database,
    env_folder,
    env_level,
    env_port,
    env_ports,
    env_str,
    env_zone,
)


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


def refused(text: str, read: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("EMAILKETING_X", text)
    with pytest.raises(SettingInvalid, match="EMAILKETING_X") as caught:
        read()
    return str(caught.value)


@pytest.mark.parametrize("text", ["many", "-1", "65536", "²", "8000.5"])
def test_what_is_no_port_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert text in refused(text, lambda: env_port("X", 0), monkeypatch)
    refused(f"25,{text}", lambda: env_ports("X", ""), monkeypatch)


def test_zone_and_level_are_checked_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for zone in ("Mars/City", "../../etc/passwd", "/etc/localtime"):
        assert zone in refused(zone, lambda: env_zone("X", "UTC"), monkeypatch)
    assert "INFO" in refused("loud", lambda: env_level("X", "INFO"), monkeypatch)
    monkeypatch.setenv("EMAILKETING_X", "warning")
    assert env_level("X", "INFO") == "WARNING"


def test_a_folder_that_cannot_be_used_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    for place, why in (("file", "there is a file"), ("file/under", "part of the path is a file")):
        said = refused(str(tmp_path / place), lambda: env_folder("X", tmp_path), monkeypatch)
        assert why in said
        assert "\n" not in said
    monkeypatch.setenv("EMAILKETING_X", str(tmp_path / "new" / "one"))
    assert env_folder("X", tmp_path).is_dir()


def test_a_file_of_a_secret_that_cannot_be_read_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for name in ("not-there", "binary"):
        monkeypatch.setenv("EMAILKETING_X_FILE", str(tmp_path / name))
        with pytest.raises(SettingInvalid, match="EMAILKETING_X_FILE"):
            env_str("X")


def test_the_sentence_is_translated_without_djangos_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EMAILKETING_X", "perhaps")
    with pytest.raises(SettingInvalid) as caught:
        env_bool("X", default=False)
    assert "perhaps" in in_language(caught.value, "es")
    assert in_language(caught.value, "en") == str(caught.value)
    assert in_language(caught.value, "no such language") == str(caught.value)


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
    assert env_database("U", "")["NAME"] == "file:///var/lib/x.sqlite3?mode=rw"
    monkeypatch.setenv("U", "mysql://x/y")
    with pytest.raises(ImproperlyConfigured, match="sqlite:///"):
        env_database("U", "")


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "postgresql://ana:geheim@127.0.0.1:port/avisos",
        "postgresql://ana:geheim@[::1/avisos",
        "postgresql://ana:geheim@127.0.0.1",
        "geheim://x",
    ],
)
def test_s22_an_url_that_is_none_is_one_sentence_without_the_password(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("U", url)
    with pytest.raises(SettingInvalid, match=r"^U ") as caught:
        env_database("U", "")
    assert ":geheim@" not in str(caught.value)


def test_what_follows_the_question_mark_reaches_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("U", "postgresql://db.example/avisos?sslmode=verify-full")
    options = env_database("U", "")["OPTIONS"]
    assert options == {"sslmode": "verify-full", "application_name": "emailketing"}
