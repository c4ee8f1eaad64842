"""Which process runs which test: one for those that wait, the others for those that work.

A journey waits for processes, clocks and far sides most of its time; two of them side by side
leave both cores of a small machine idle. One process takes them all, the longest first, while
the others run what needs the processor; whoever is done helps. What shares something
(`xdist_group`) stays in one process.
"""

from typing import TYPE_CHECKING, Any

from xdist.scheduler import LoadGroupScheduling

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController
else:
    WorkerController = Any

WAITING = ("tryton", "journeys", "upgrade", "worker")  # folders, the longest first
FEWEST = 3  # processes: of two, both take what comes
Unit = dict[str, bool]  # test → it is done


def turn_of(path: str) -> int:
    """Return when a test of this folder is begun: those that wait longest come first."""
    return WAITING.index(path) if path in WAITING else len(WAITING)


def waits(unit: str) -> bool:
    """Say whether a unit of work, a group or one test, waits more than it works."""
    return unit in WAITING or unit.removeprefix("tests/").partition("/")[0] in WAITING


class Scheduling(LoadGroupScheduling):  # type: ignore[misc]
    """Give each process the next test of its kind, then what is left."""

    def _assign_work_unit(self, node: "WorkerController") -> None:
        is_for_waiting = node.gateway.id == f"gw{FEWEST - 1}"
        if self.numnodes >= FEWEST:
            wanted = (unit for unit in self.workqueue if waits(unit) == is_for_waiting)
            if (unit := next(wanted, None)) is not None:
                self.workqueue.move_to_end(unit, last=False)
        super()._assign_work_unit(node)

    def _pending_of(self, workload: dict[str, Unit]) -> int:
        """Forget what is done: it would be counted anew after each of ten thousand tests."""
        for unit in [name for name, tests in workload.items() if all(tests.values())]:
            del workload[unit]
        return int(super()._pending_of(workload))
