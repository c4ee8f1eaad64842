"""What a record is called in the mails of the audit, where its key is CHAR of several columns."""

from collections import Counter

import pytest

from tests.legacy.day import MANAGER
from tests.legacy.office import Office
from tests.legacy.program import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_record_is_read_by_its_key_however_the_program_fills_up_its_char(office: Office) -> None:
    """SQLite keeps the blanks that the program writes: without them the record is not found."""
    at_once(office.program.reprice("02", "VARILLA-8", "1501.126"))
    assert office.news() == Counter([(MANAGER, "Modificado: Artículo VARILLA-8 Varilla de 8 mm")])
