"""Progress of a batch, and the budgets that end it: what is counted is what is told, and nothing else is."""

from __future__ import annotations

import io
import time

import pytest

from surrogate.corpus.batch.error_budget import ErrorBudget, default_max_errors
from surrogate.corpus.batch.plan.progress import Progress
from surrogate.corpus.batch.plan.standing import Recent
from surrogate.corpus.batch.values import Counts
from surrogate.errors import InputError, ModelError


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def progress(n_rows: int, clock: Clock, **options: object) -> tuple[Progress, io.StringIO]:
    stream = io.StringIO()
    return Progress(n_rows, stream=stream, clock=clock, every=3600.0, **options), stream  # type: ignore[arg-type]


def test_counts_of_parts_add_up() -> None:
    clock = Clock()
    bar, _ = progress(100, clock)
    for _ in range(4):
        clock.now += 10
        bar.update(Counts(rows=10, withheld=2, errors=1, asked=64), {"calls": 64, "cost": 0.25})
    standing = bar.standing
    assert standing.counts == Counts(rows=40, withheld=8, errors=4, asked=256)
    assert standing.spent == {"calls": 256, "cost": 1.0}
    assert standing.rate == 1.0
    assert standing.seconds_left == 60.0


def test_time_left_is_of_this_run_alone() -> None:
    fresh, resumed = Clock(), Clock()
    (one, _), (other, _) = progress(100, fresh), progress(1_000, resumed, done=Counts(rows=900, asked=57_600))
    for clock, bar in ((fresh, one), (resumed, other)):
        clock.now = 20.0
        bar.update(Counts(rows=10))
    assert one.standing.rate == other.standing.rate == 0.5
    assert one.standing.seconds_left == other.standing.seconds_left == 180.0
    assert other.standing.counts.asked == 0


def test_time_left_is_not_told_before_a_part_is_finished() -> None:
    bar, _ = progress(1_000, Clock(), done=Counts(rows=900))
    assert bar.standing.seconds_left is None
    assert "not known yet" in bar.standing.line()


def test_the_rate_is_that_of_late() -> None:
    recent = Recent(0.0, window=300.0, least=4)
    for minute in range(1, 61):
        recent.add(600 if minute <= 50 else 60, at=60.0 * minute)
    assert recent.rate == pytest.approx(1.0)


def test_a_few_long_parts_are_enough_for_a_rate() -> None:
    recent = Recent(0.0, window=300.0, least=4)
    for hour in range(1, 10):
        recent.add(3600, at=3600.0 * hour)
    assert recent.rate == pytest.approx(1.0)


def test_where_nobody_watches_there_are_whole_lines_and_one_at_the_end() -> None:
    clock = Clock()
    bar, stream = progress(20, clock)
    with bar:
        clock.now = 5.0
        bar.update(Counts(rows=10, asked=640))
        bar.tick()
        bar.update(Counts(rows=10, errors=1))
    assert stream.getvalue().splitlines() == [
        "10 of 20 rows (50 %), 2 rows/s, 5 s left, 640 texts asked, 0 withheld, 0 errors",
        "20 of 20 rows (100 %), 4 rows/s, done in 5 s, 640 texts asked, 0 withheld, 1 error",
    ]


def test_lines_come_by_themselves_while_a_part_is_long() -> None:
    stream = io.StringIO()
    with Progress(10, stream=stream, every=0.01):
        until = time.monotonic() + 20
        while not stream.getvalue().count("\n") and time.monotonic() < until:
            time.sleep(0.005)
    assert stream.getvalue().count("\n") >= 2


def test_quiet_is_quiet() -> None:
    for stream in (io.StringIO(), Terminal()):
        with Progress(10, show=False, stream=stream) as bar:
            bar.update(Counts(rows=10))
        assert stream.getvalue() == ""


def test_where_a_person_watches_there_is_a_bar_and_a_last_line() -> None:
    stream = Terminal()
    with Progress(10, stream=stream) as bar:
        bar.update(Counts(rows=4, asked=256))
    assert "explaining" in stream.getvalue()
    assert stream.getvalue().splitlines()[-1].endswith("256 texts asked, 0 withheld, 0 errors")


def stop_after_five(bar: Progress) -> None:
    with bar:
        bar.update(Counts(rows=5))
        raise KeyboardInterrupt


def test_a_batch_that_is_stopped_says_how_far_it_came() -> None:
    bar, stream = progress(20, Clock())
    with pytest.raises(KeyboardInterrupt):
        stop_after_five(bar)
    assert stream.getvalue().startswith("5 of 20 rows (25 %)")


@pytest.mark.parametrize(("n_rows", "allowed"), [(0, 10), (99, 10), (100, 10), (1_000, 100)])
def test_a_tenth_of_the_rows_may_be_errors_and_ten_at_least(n_rows: int, allowed: int) -> None:
    assert default_max_errors(n_rows) == allowed


def test_as_many_errors_as_allowed_are_allowed_and_one_more_is_not() -> None:
    budget = ErrorBudget(3)
    budget.add(Counts(rows=10, errors=3), {"too-many-tokens": 2, "model-failed": 1})
    with pytest.raises(ModelError, match=r"4 of 20 rows.*allows 3: 2 model-failed, 2 too-many-tokens") as raised:
        budget.add(Counts(rows=10, errors=1), {"model-failed": 1})
    assert raised.value.code == "too-many-errors"
    assert "stay" in raised.value.message


def test_errors_of_texts_alone_are_of_the_input() -> None:
    with pytest.raises(InputError, match="too-many-errors"):
        ErrorBudget(0).add(Counts(rows=1, errors=1), {"empty-text": 1})
    with pytest.raises(ModelError, match="too-many-errors"):
        ErrorBudget(0).add(Counts(rows=1, errors=1))


@pytest.mark.parametrize("wrong", [-1, True, 1.5])
def test_an_error_budget_is_a_whole_number(wrong: object) -> None:
    with pytest.raises(InputError, match="bad-parameter"):
        ErrorBudget(wrong)  # type: ignore[arg-type]
