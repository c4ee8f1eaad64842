"""What every kind of listing gives: columns, and rows as they come."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType

from emailketing.common.plain import Cell
from emailketing.content.sheet.column import Column
from emailketing.listings.cells import Reader


@dataclass(slots=True)
class ListingAnswer:
    """Use it in a `with`, or close it; `was_cut` is known once the rows have ended (P6)."""

    columns: tuple[Column, ...]
    rows: Iterator[tuple[Cell, ...]]
    cancel: Callable[[], None]  # from any thread: the database is told to stop
    close: Callable[[], None]
    was_cut: bool = field(default=False)
    count: int = field(default=0)  # of the rows read so far

    def __enter__(self) -> "ListingAnswer":
        return self

    def __exit__(self, *_error: BaseException | type | TracebackType | None) -> None:
        self.close()

    def read_as(
        self, rows: Iterator[tuple[Cell, ...]], readers: Sequence[Reader], most: int
    ) -> None:
        """Give these rows, each value as its column says, at most so many."""

        def read() -> Iterator[tuple[Cell, ...]]:
            for number, row in enumerate(rows):
                if number == most:
                    self.was_cut = True
                    return
                self.count = number + 1
                yield tuple([reader(cell) for reader, cell in zip(readers, row, strict=True)])

        self.rows = read()
