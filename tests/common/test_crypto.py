"""S22: secrets are encrypted, keys rotate, a foreign key is a sentence."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from emailketing.common.crypto import (
    SecretUnreadable,
    checked_keys,
    decrypt,
    encrypt,
    read_or_make_key,
    rotate,
)
from emailketing.common.env import SettingInvalid


def test_s22_a_secret_comes_back_and_is_not_readable_at_rest() -> None:
    token = encrypt("clave ñ 123")
    assert "clave" not in token
    assert decrypt(token) == "clave ñ 123"
    assert encrypt("") == decrypt("") == ""


def test_s22_keys_rotate(settings: Settings) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.SECRET_KEYS = [old]
    token = encrypt("clave")
    settings.SECRET_KEYS = [new, old]
    token = rotate(token)
    settings.SECRET_KEYS = [new]
    assert decrypt(token) == "clave"


def test_a_lost_key_is_one_sentence(settings: Settings) -> None:
    token = encrypt("clave")
    settings.SECRET_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(SecretUnreadable, match="EMAILKETING_OLD_KEYS"):
        decrypt(token)


def test_the_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret.key"
    key = read_or_make_key(path)
    assert read_or_make_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("slip", ["", "abc", "ñ" * 44])
def test_s22_a_key_with_a_slip_is_found_at_the_start_and_not_quoted(slip: str) -> None:
    good = Fernet.generate_key().decode()
    assert checked_keys("EMAILKETING_KEY", [good]) == [good]
    for key in (slip, good[:-3]):
        with pytest.raises(SettingInvalid, match="EMAILKETING_KEY") as caught:
            checked_keys("EMAILKETING_KEY", [good, key])
        assert good[:8] not in str(caught.value)


def test_a_key_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match="it is a folder"):
        read_or_make_key(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingInvalid, match="there is a file of that name"):
        read_or_make_key(tmp_path / "file" / "secret.key")
