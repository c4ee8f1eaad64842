"""What the program wrote, beside what was noted and told of it; a gap line excuses its own time."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from emailketing.sources.capture.base import FOUND
from emailketing.sources.models import CapturedChange, Gap
from tests.legacy.office import Office
from tests.legacy.program import Written
from tests.legacy.schema import KEYS
from tests.legacy.upgrades import EXTRA

NEAR = timedelta(seconds=1)  # two clocks, and the time a statement takes
Row = tuple[str, str, tuple[str, ...]]  # table, operation, key


@dataclass
class Count:
    written: dict[Row, list[Written]] = field(default_factory=lambda: defaultdict(list))
    noted: Counter[Row] = field(default_factory=Counter)
    gaps: list[Gap] = field(default_factory=list)

    @classmethod
    def of(cls, office: Office) -> "Count":
        made = cls(gaps=list(Gap.objects.filter(source=office.source)))
        for row in office.program.written:
            made.written[row.table, row.operation, tuple(map(str, row.key))].append(row)
        changes = CapturedChange.objects.filter(source=office.source)
        for change in changes.exclude(is_ours=True):
            names = KEYS.get(change.table, ())
            key = tuple(str(change.key[name]) for name in names)
            if change.uid.startswith(FOUND) and change.columns == f",{EXTRA},":
                continue  # dropped and brought again by an upgrade: its values are gone
            made.noted[change.table, change.operation, key] += 1
        return made

    def __str__(self) -> str:
        written = sum(map(len, self.written.values()))
        gaps = "; ".join(f"{gap.kind} {gap.table} {gap.misses}" for gap in self.gaps)
        return f"{written} rows written, {self.noted.total()} noted, {len(self.lost)} lost: {gaps}"

    @property
    def lost(self) -> list[Written]:
        """Of rows noted less often than they were written, those that no gap excuses."""
        found = []
        for row, written in self.written.items():
            missing = len(written) - self.noted[row]
            blind = [one for one in written if self.is_excused(one)]
            if missing > len(blind):
                found += [one for one in written if one not in blind][: missing - len(blind)]
        return found

    @property
    def doubled(self) -> list[Row]:
        """Rows noted more often than they were written, but for what a comparison found."""
        blind = {
            (one.table, tuple(map(str, one.key)))
            for rows in self.written.values()
            for one in rows
            if self.is_excused(one)
        }
        return [
            row
            for row, count in self.noted.items()
            if count > len(self.written[row]) and (row[0], row[2]) not in blind
        ]

    def is_excused(self, row: Written) -> bool:
        """A column that an upgrade brings is noted once the worker has seen it (C19)."""
        if row.columns and row.columns <= {EXTRA}:
            return True
        return any(
            gap.table in {"", row.table}
            and gap.begin - NEAR <= row.at
            and (gap.end is None or row.at <= gap.end + NEAR)
            for gap in self.gaps
        )

    def described(self, rows: list[Written]) -> str:
        lines = [f"{row.at:%H:%M:%S.%f} {row.table} {row.operation} {row.key}" for row in rows[:20]]
        times = [f"{gap.kind} {gap.table}: {gap.begin} – {gap.end}" for gap in self.gaps]
        return "\n".join([*lines, "beside the gaps:", *times])

    def judge(self) -> None:
        assert not self.lost, self.described(self.lost)
        assert not self.doubled, self.doubled
        assert not [gap for gap in self.gaps if gap.end is None], "a gap that nobody closed"
