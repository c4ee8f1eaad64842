"""Kinds of things declare themselves: a trigger brings one module, read after what it names."""

import graphlib
from collections.abc import Callable

import pytest

from emailketing.channels.models import Sender
from emailketing.configuration.apply import _save
from emailketing.configuration.compare import Difference
from emailketing.configuration.kind import ConfigurationInvalid, Entry, EntryKind, Take
from emailketing.configuration.registry import KINDS, in_order
from tests.triggers.cast import NOW


def kind(word: str, *needs: str) -> EntryKind:
    return EntryKind(word, ("name",), {}, lambda: iter(()), lambda *_: None, Sender, needs=needs)


def test_every_kind_comes_after_those_it_names() -> None:
    words = [one.word for one in KINDS]
    assert len(words) == len(set(words)) >= 8
    for one in KINDS:
        assert all(words.index(name) < words.index(one.word) for name in one.needs)


def test_a_kind_that_names_what_nobody_declares_is_refused() -> None:
    with pytest.raises(KeyError, match="campaign"):
        in_order((kind("report", "campaign"),))


def test_kinds_that_name_each_other_are_refused() -> None:
    with pytest.raises(graphlib.CycleError):
        in_order((kind("report", "campaign"), kind("campaign", "report")))


class OwlInvalid(Exception):
    """What the package of a new kind refuses with."""


def taken(refused: Exception) -> Callable[[], None]:
    def save(_entry: Entry, _take: Take, _is_new: bool) -> None:
        raise refused

    owl = EntryKind("owl", (), {}, lambda: iter(()), save, Sender, refusals=(OwlInvalid,))
    return lambda: _save(owl, {}, Take("t", NOW), Difference("owl", "owl", "Hedwig", True))


@pytest.mark.django_db
def test_what_a_kind_refuses_is_said_with_its_place() -> None:
    with pytest.raises(ConfigurationInvalid, match="sender “Hedwig”: It flies by day"):
        taken(OwlInvalid("It flies by day."))()


@pytest.mark.django_db
def test_a_fault_of_the_program_is_not_taken_for_one_of_the_file() -> None:
    """Decision 78: Python's own words are for whoever mends the program."""
    with pytest.raises(ValueError, match="invalid literal"):
        taken(ValueError("invalid literal for int()"))()
