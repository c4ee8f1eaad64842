"""What a worker was at when it died, and that it is dead: both can be seen from outside (R24)."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from emailketing.outbox.bench import Bench, benches


def test_r24_others_see_what_a_worker_is_at_and_no_longer_what_it_was_at(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    with bench.at([7, 8]):
        with bench.at([9]):
            pass
        (seen,) = benches(tmp_path)
        assert (seen.name, seen.numbers, seen.is_dead) == (bench.name, frozenset({7, 8}), False)
    assert benches(tmp_path)[0].numbers == set()
    bench.close()


def test_r24_what_ended_in_an_error_stays_noted_until_its_lease_has_run_out(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    with pytest.raises(ValueError, match="bug"), bench.at([7]):
        raise ValueError("bug")
    with pytest.raises(KeyboardInterrupt), bench.at([8]):
        raise KeyboardInterrupt
    assert benches(tmp_path)[0].numbers == {7}, "what was only interrupted is no suspect"
    bench.close()


def test_a_worker_killed_with_9_is_seen_to_be_dead_with_what_it_was_at(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, signal, emailketing.outbox.bench as b\n"
        "with b.Bench(pathlib.Path(sys.argv[1])).at([2**40, 3]):\n"
        "    print('at it', flush=True); signal.pause()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
        assert worker.stdout
        assert worker.stdout.readline() == b"at it\n"
        assert [seen.is_dead for seen in benches(tmp_path)] == [False]
        os.kill(worker.pid, signal.SIGKILL)
    (seen,) = benches(tmp_path)
    assert (seen.is_dead, seen.numbers) == (True, frozenset({2**40, 3}))
    seen.forget()
    assert benches(tmp_path) == []


def test_the_bench_of_another_machine_is_never_called_dead(tmp_path: Path) -> None:
    """A shared folder need not show the locks of another machine: there only the lease tells."""
    bench = Bench(tmp_path)
    bench.close()
    (path,) = tmp_path.glob("*@*")
    path.rename(path.with_name(f"{bench.name}@elsewhere"))
    assert [(seen.name, seen.is_dead) for seen in benches(tmp_path)] == [(bench.name, False)]


def test_without_a_place_for_it_the_worker_goes_on_and_everything_it_held_counts(
    tmp_path: Path,
) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    bench = Bench(tmp_path / "taken")
    assert bench.name == "", "no token begins with it: unknown to whoever takes back its claims"
    with bench.at([7]):
        pass
    bench.close()
