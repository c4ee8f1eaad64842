"""Several workers share the lanes: each lane has one holder, and a dead one's lease ends."""

from datetime import UTC, datetime, timedelta

import pytest

from emailketing.company.beat import WORKER
from emailketing.company.models import StepState, WorkerProcess
from emailketing.worker.book import AFTER_AN_ERROR, Book
from emailketing.worker.leases import LEASE, Leases, show_life
from emailketing.worker.number import own_number
from emailketing.worker.steps import LANES, Step, lanes_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BEAT = timedelta(seconds=10)


class Colleague:
    """A worker as far as leases go; its lanes give back what they must between two turns."""

    def __init__(self, name: str) -> None:
        self.book = Book()
        self.leases = Leases(name, self.book, LANES)

    def beat(self, now: datetime) -> None:
        show_life(self.leases.me, 1, now)
        self.leases.keep(now)
        for lane in LANES:
            if self.leases.must_give(lane):
                self.leases.give(lane, now)

    def held(self, now: datetime) -> set[str]:
        return {lane.name for lane in LANES if self.leases.holds(lane, now)}


ALL = {lane.name for lane in LANES}


def test_one_worker_holds_every_lane_and_says_so_in_the_rows() -> None:
    one = Colleague("1")
    one.beat(NOW)
    assert one.held(NOW) == ALL
    assert set(StepState.objects.values_list("holder", flat=True)) == {"1"}
    assert StepState.objects.count() == len(StepState.Name.values)


def test_the_second_worker_gets_its_share_and_no_lane_has_two_holders() -> None:
    one, two = Colleague("1"), Colleague("2")
    one.beat(NOW)
    two.beat(NOW)
    assert two.held(NOW) == set(), "every lease is the first one's"
    one.beat(NOW + BEAT)
    two.leases.look(NOW + BEAT)
    at = NOW + BEAT
    assert one.held(at) | two.held(at) == ALL
    assert one.held(at) & two.held(at) == set()
    shares = one.held(at), two.held(at)
    assert [len(share) for share in shares] == [3, 3]
    for _beat in range(3):
        at += BEAT
        one.beat(at)
        two.beat(at)
    assert (one.held(at), two.held(at)) == shares, "nothing goes there and back"


def test_the_lease_of_a_dead_worker_ends_and_the_other_one_goes_on_where_it_stopped() -> None:
    one, two = Colleague("1"), Colleague("2")
    step = next(step for lane in LANES for step in lane.steps if step.name == StepState.Name.RULES)

    def fails(_now: datetime) -> int:
        raise ValueError("a value of a new kind")

    one.beat(NOW)
    one.book.run(Step(step.name, fails), NOW)
    one.beat(NOW)  # then it is killed
    two.beat(NOW + LEASE - SECOND)
    assert two.held(NOW + LEASE - SECOND) == set()
    two.leases.look(NOW + LEASE)
    assert two.held(NOW + LEASE) == ALL
    known = two.book.record(step.name)
    assert (known.failures, known.next_at) == (1, NOW + AFTER_AN_ERROR)
    one.beat(NOW + LEASE + SECOND)  # it had only been stopped
    assert one.held(NOW + LEASE + SECOND) == set()


def test_a_worker_that_stood_still_begins_no_turn_before_it_has_renewed_its_leases() -> None:
    one = Colleague("1")
    one.beat(NOW)
    assert one.held(NOW + LEASE) == set()
    one.beat(NOW + LEASE + SECOND)
    assert one.held(NOW + LEASE + SECOND) == ALL


def test_a_worker_that_ends_in_order_lets_the_other_one_go_on_at_once() -> None:
    one, two = Colleague("1"), Colleague("2")
    one.beat(NOW)
    two.beat(NOW)
    one.leases.release(NOW + SECOND)
    two.leases.look(NOW + SECOND)
    assert two.held(NOW + SECOND) == ALL
    assert [worker.name for worker in WorkerProcess.objects.all()] == ["2"]


def test_a_worker_that_ends_leaves_what_it_never_took_as_whoever_had_its_name_left_it() -> None:
    """It was begun in place of a dead one, and never came to take its lanes."""
    step = LANES[0].steps[0]

    def fails(_now: datetime) -> int:
        raise ValueError("a value of a new kind")

    one = Colleague("1")
    one.beat(NOW)
    one.book.run(Step(step.name, fails), NOW)
    one.beat(NOW)  # then it is killed
    Colleague("1").leases.release(NOW + SECOND)
    two = Colleague("2")
    two.leases.look(NOW + SECOND)
    assert two.held(NOW + SECOND) == ALL
    assert two.book.record(step.name).failures == 1


def test_a_worker_that_is_silent_for_a_day_is_forgotten_by_those_that_go_on() -> None:
    """It may be on a computer that is gone: its alert must not wait for somebody's restart."""
    one, two = Colleague("1"), Colleague("2")
    one.beat(NOW)
    two.beat(NOW)
    for hours in (1, 23):
        one.beat(NOW + timedelta(hours=hours))
    assert WorkerProcess.objects.count() == 2
    one.beat(NOW + timedelta(hours=25))
    assert [worker.name for worker in WorkerProcess.objects.all()] == ["1"]


def test_a_clock_that_is_put_back_makes_no_lease_last_for_hours() -> None:
    one, two = Colleague("1"), Colleague("2")
    one.beat(NOW + timedelta(hours=3))
    two.beat(NOW)
    assert two.held(NOW) == ALL


def test_idle_a_worker_among_others_asks_one_question_to_see_whether_a_lane_is_free(
    django_assert_num_queries: object,
) -> None:
    one, two = Colleague("1"), Colleague("2")
    one.beat(NOW)
    two.beat(NOW)
    with django_assert_num_queries(1):  # type: ignore[operator]
        two.leases.look(NOW + SECOND)
    with django_assert_num_queries(0):  # type: ignore[operator]
        one.leases.look(NOW + SECOND)


def test_the_number_of_a_worker_is_the_lowest_that_no_living_one_has() -> None:
    with own_number(WORKER) as first:
        with own_number(WORKER) as second:
            assert (first, second) == (1, 2)
        with own_number(WORKER) as second:
            assert second == 2
    with own_number(WORKER) as first:
        assert first == 1


def test_the_steps_of_a_lane_are_held_together() -> None:
    names = {step.name: lane.name for lane in LANES for step in lane.steps}
    one = Colleague("1")
    StepState.objects.create(
        name=StepState.Name.MORNING, holder="2", leased_until=NOW + LEASE, written_at=NOW
    )
    one.beat(NOW)
    assert one.held(NOW) == ALL - {names[StepState.Name.MORNING]}
    assert lanes_of(step for lane in LANES for step in lane.steps) == LANES
