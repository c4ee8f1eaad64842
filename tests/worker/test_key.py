"""The file with the key is gone while secrets exist: nothing starts, a sentence says why (S22)."""

from pathlib import Path

import pytest

from tests.outbox import cast
from tests.worker.processes import running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.parametrize("words", [("serve", "--port", "0"), ("worker",), ("migrate",)])
def test_s22_nothing_starts_and_no_key_is_made(tmp_path: Path, words: tuple[str, ...]) -> None:
    sender = cast.sender(9)
    sender.password = "clave"  # noqa: S105 - of a test
    sender.save()
    with running(tmp_path, *words) as process:
        assert process.wait(60) == 1
    assert f"{tmp_path}/secret.key, is missing" in process.text
    assert "sender ventas" in process.text
    assert not (tmp_path / "secret.key").exists()


def test_s22_a_new_key_is_made_when_somebody_asks_for_it(tmp_path: Path) -> None:
    sender = cast.sender(9)
    sender.password = "clave"  # noqa: S105 - of a test
    sender.save()
    with running(tmp_path, "new-key") as process:
        assert process.wait(60) == 0
    assert "Enter these passwords again: sender ventas" in process.text
    kept = (tmp_path / "secret.key").read_text()
    with running(tmp_path, "new-key") as process:
        assert process.wait(60) == 1
    assert (tmp_path / "secret.key").read_text() == kept
    with running(tmp_path, "worker", "--once") as process:
        assert process.wait(60) == 0, process.text
