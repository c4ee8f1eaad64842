"""Two things measured in turn: A B A B … The ratio holds where absolute figures wander."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

RUNS = 5
BUSY_SHARE = 0.25  # of all cores, by others, before we begin
LOOK_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table; `ratio` is the median of the pairs' ratios, ours to the other."""

    name: str
    ratio: float
    lowest: float
    highest: float
    median: float
    unit: str
    versus: str
    versus_median: float
    runs: int
    note: str = ""

    def plain(self) -> dict[str, object]:
        return {
            "ratio": round(self.ratio, 4),
            "median": round(self.median, 2),
            "runs": self.runs,
            "versus": self.versus,
            "unit": self.unit,
            "spread": [round(self.lowest, 4), round(self.highest, 4)],
            "versus_median": round(self.versus_median, 2),
            "note": self.note,
        }


@dataclass(frozen=True, kw_only=True)
class Other:
    """What ours is held against; `name` is the figure's."""

    name: str
    versus: str
    measure: Callable[[], float]


def alternate(ours: Callable[[], float], *others: Other, unit: str) -> list[Figure]:
    """Measure all in turn, after one run of each that does not count: one figure per other."""
    ours()
    for other in others:
        other.measure()
    rounds = [(ours(), [other.measure() for other in others]) for _ in range(RUNS)]
    return [
        _figure(other, [(mine, theirs[place]) for mine, theirs in rounds], unit)
        for place, other in enumerate(others)
    ]


def _figure(other: Other, pairs: list[tuple[float, float]], unit: str) -> Figure:
    ratios = [a / b for a, b in pairs]
    return Figure(
        name=other.name,
        ratio=statistics.median(ratios),
        lowest=min(ratios),
        highest=max(ratios),
        median=statistics.median(a for a, _b in pairs),
        unit=unit,
        versus=other.versus,
        versus_median=statistics.median(b for _a, b in pairs),
        runs=len(pairs),
    )


def busy_share() -> float:
    """Return how much of all cores others use, looked at for two seconds."""
    before = _ticks()
    time.sleep(LOOK_SECONDS)
    idle, whole = (after - early for after, early in zip(_ticks(), before, strict=True))
    return 1 - idle / whole if whole else 0.0


def _ticks() -> tuple[int, int]:
    words = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    numbers = [int(word) for word in words]
    return numbers[3] + numbers[4], sum(numbers)


def refuse_when_busy() -> float:
    """Look how busy the machine is and return the share, or end with one sentence."""
    share = busy_share()
    if share > BUSY_SHARE and not os.environ.get("FORCE"):
        raise SystemExit(
            f"This machine is busy ({share:.0%} of its cores): the figures would be worth nothing. "
            "Wait, or FORCE=1 make bench."
        )
    return share
