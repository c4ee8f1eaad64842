"""What keeps something from being saved as entered: one sentence for each place."""

from collections.abc import Iterable, Iterator, Mapping

Problems = Iterator[tuple[str, str]]  # where, and the sentence


class Invalid(Exception):
    """It cannot be kept as entered; `problems` by place, one sentence each."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("\n".join(dict.fromkeys(self.problems.values())))


def first_of(problems: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Keep one sentence for each place."""
    found: dict[str, str] = {}
    for place, sentence in problems:
        found.setdefault(place, sentence)
    return found
