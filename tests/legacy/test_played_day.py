"""A day with a program of the nineties gives exactly the right messages, on both databases."""

from collections import Counter

import pytest

from tests.legacy.day import DAY, EVENING, MANAGER, Act
from tests.legacy.office import Office, Told
from tests.legacy.program import Program, at_once, in_turns

pytestmark = pytest.mark.django_db(transaction=True)


def play(program: Program, act: Act) -> None:
    (in_turns if act.together else at_once)(*act.do(program))


def outside(mails: Told) -> Told:
    """Leave out what the manager hears of changed records."""
    return Counter({mail: count for mail, count in mails.items() if mail[0] != MANAGER})


def test_each_act_of_the_day_tells_exactly_whom_it_should(office: Office) -> None:
    wrong = {}
    for act in DAY:
        play(office.program, act)
        told, wanted = office.news(), Counter(act.told)
        if told != wanted:
            wrong[act.what] = {"too much": told - wanted, "missing": wanted - told}
    assert wrong == {}


def test_with_the_worker_off_all_day_the_evening_tells_how_it_is_then(office: Office) -> None:
    for act in DAY:
        play(office.program, act)
    assert outside(office.news()) == Counter(EVENING)
