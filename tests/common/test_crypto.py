"""S22: secrets are encrypted, keys rotate, a foreign key is a sentence."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.utils.translation import override
from pytest_django import Settings

from emailketing.channels.models import Sender
from emailketing.common.crypto import (
    KeyMissing,
    SecretUnreadable,
    checked_keys,
    decrypt,
    encrypt,
    keep_key,
    new_key,
    read_key,
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


def fresh(settings: Settings, path: Path) -> str:
    """Begin as a process does that finds no file."""
    settings.KEY_FILE, settings.KEY_IS_NEW = path, read_key(path) is None
    settings.SECRET_KEYS = [read_key(path) or new_key()]
    return str(settings.SECRET_KEYS[0])


@pytest.mark.django_db
def test_the_key_file_is_made_once_and_for_its_owner_only(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "deep" / "secret.key"
    key = fresh(settings, path)
    keep_key()
    assert (read_key(path), settings.KEY_IS_NEW) == (key, False)
    assert path.stat().st_mode & 0o777 == 0o600
    assert fresh(settings, path) == key


@pytest.mark.django_db
def test_of_two_that_start_at_once_the_first_has_the_say(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "secret.key"
    fresh(settings, path)
    path.write_text(other := new_key())
    token = encrypt("clave")
    assert decrypt(token) == "clave"
    assert [other] == settings.SECRET_KEYS
    assert read_key(path) == other


@pytest.mark.django_db
def test_s22_a_key_is_never_made_in_silence_beside_secrets_of_another(
    settings: Settings, tmp_path: Path
) -> None:
    """The file was lost: a restored database, a new disk, a volume that is not mounted."""
    path = tmp_path / "secret.key"
    fresh(settings, path)
    sender = Sender(name="ventas", host="mail.estacion.test")
    sender.password = "clave"  # noqa: S105 - of a test
    sender.save()
    kept = path.read_text()
    path.unlink()
    fresh(settings, path)
    for encrypting in (keep_key, lambda: encrypt("otra")):
        with pytest.raises(KeyMissing, match="ventas") as caught, override("en"):
            encrypting()
        assert str(path) in str(caught.value)
        assert "new-key" in str(caught.value)
        assert not path.exists()
    path.write_text(kept)
    fresh(settings, path)
    keep_key()
    assert decrypt(Sender.objects.get().password_encrypted) == "clave"


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
        read_key(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingInvalid, match="part of the path is a file"):
        read_key(tmp_path / "file" / "secret.key")
