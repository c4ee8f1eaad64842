"""What a worker was at when it died, and that it is dead: both can be seen from outside (R24)."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from emailketing.outbox.sending.in_flight import PLACE, ROOM, InFlight, workers_seen


def test_r24_others_see_what_a_worker_is_at_and_no_longer_what_it_was_at(tmp_path: Path) -> None:
    in_flight = InFlight(tmp_path)
    with in_flight.at([7, 8]):
        with in_flight.at([9]):
            pass
        (seen,) = workers_seen(tmp_path)
        assert (seen.name, seen.numbers, seen.is_dead) == (in_flight.name, frozenset({7, 8}), False)
    assert workers_seen(tmp_path)[0].numbers == set()
    in_flight.close()


def test_r24_what_ended_in_an_error_stays_noted_until_its_lease_has_run_out(tmp_path: Path) -> None:
    in_flight = InFlight(tmp_path)
    with pytest.raises(ValueError, match="bug"), in_flight.at([7]):
        raise ValueError("bug")
    with pytest.raises(KeyboardInterrupt), in_flight.at([8]):
        raise KeyboardInterrupt
    assert workers_seen(tmp_path)[0].numbers == {7}, "what was only interrupted is no suspect"
    in_flight.close()


def test_however_many_it_is_at_others_see_all_of_them(tmp_path: Path) -> None:
    in_flight, many = InFlight(tmp_path), frozenset(range(1, ROOM // PLACE + 500))
    with in_flight.at(many):
        assert workers_seen(tmp_path)[0].numbers == many
    assert workers_seen(tmp_path)[0].numbers == set()
    in_flight.close()


def test_on_a_disk_without_room_it_is_unknown_to_everybody_and_goes_on(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (PLACE, limits[1]))  # a store there would kill it
    try:
        in_flight = InFlight(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (in_flight.name, list(tmp_path.iterdir())) == ("", [])
    with in_flight.at([7]):
        pass
    in_flight.close()


def test_a_worker_killed_with_9_is_seen_to_be_dead_with_what_it_was_at(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, signal, emailketing.outbox.sending.in_flight as b\n"
        "with b.InFlight(pathlib.Path(sys.argv[1])).at([2**40, 3]):\n"
        "    print('at it', flush=True); signal.pause()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
        assert worker.stdout
        assert worker.stdout.readline() == b"at it\n"
        assert [seen.is_dead for seen in workers_seen(tmp_path)] == [False]
        os.kill(worker.pid, signal.SIGKILL)
    (seen,) = workers_seen(tmp_path)
    assert (seen.is_dead, seen.numbers) == (True, frozenset({2**40, 3}))
    seen.forget()
    assert workers_seen(tmp_path) == []


def test_the_bench_of_another_machine_is_never_called_dead(tmp_path: Path) -> None:
    """A shared folder need not show the locks of another machine: there only the lease tells."""
    in_flight = InFlight(tmp_path)
    in_flight.close()
    (path,) = tmp_path.glob("*@*")
    path.rename(path.with_name(f"{in_flight.name}@elsewhere"))
    assert [(seen.name, seen.is_dead) for seen in workers_seen(tmp_path)] == [
        (in_flight.name, False)
    ]


def test_without_a_place_for_it_the_worker_goes_on_and_everything_it_held_counts(
    tmp_path: Path,
) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    in_flight = InFlight(tmp_path / "taken")
    assert in_flight.name == "", "no token begins with it: unknown to whoever takes back its claims"
    with in_flight.at([7]):
        pass
    in_flight.close()
