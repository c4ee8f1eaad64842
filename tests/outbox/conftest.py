"""A far side for each test."""

from collections.abc import Iterator

import pytest

from tests.far_side import FarSide, far_side


@pytest.fixture
def far() -> Iterator[FarSide]:
    with far_side() as running:
        yield running
