"""Kinds of things declare themselves: a trigger brings one module, read after what it names."""

import graphlib

import pytest

from emailketing.channels.models import Sender
from emailketing.configuration.kind import EntryKind
from emailketing.configuration.registry import KINDS, in_order


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
