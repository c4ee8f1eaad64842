"""The business with vehicles, read anew in each test."""

from pathlib import Path
from typing import Any

import pytest

from tests.triggers.occasions.cast import senders
from tests.triggers.occasions.listed_cast import Fleet


@pytest.fixture
def fleet(tmp_path: Path, in_english: None, settings: Any) -> Fleet:
    settings.HOME = tmp_path
    senders()
    return Fleet(tmp_path)
