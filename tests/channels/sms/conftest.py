"""Far sides for phones, and a message to hand over."""

from collections.abc import Iterator

import pytest

from tests.channels.sms.smsc import Smsc


@pytest.fixture
def smsc() -> Iterator[Smsc]:
    with Smsc() as running:
        yield running
