"""The plan of a batch: nothing is asked for it, what it says of calls is what explanations ask, and it names what breaks."""

from __future__ import annotations

import io
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surrogate import load
from surrogate.blackbox import load_model
from surrogate.blackbox.function import FunctionBox
from surrogate.corpus.batch.choosing import read_choice
from surrogate.corpus.batch.opening import opened
from surrogate.corpus.batch.plan.amounts import number_of
from surrogate.corpus.batch.plan.copies import draw_texts, sample_texts
from surrogate.corpus.batch.plan.dry_run import dry_run
from surrogate.corpus.batch.plan.estimating import Estimate
from surrogate.corpus.batch.plan.limits import Limit, first_to_break
from surrogate.corpus.batch.plan.planning import BatchPlan, Machine, plan_batch
from surrogate.corpus.batch.plan.standing import Standing
from surrogate.corpus.batch.plan.storage import REPORT_BYTES
from surrogate.corpus.batch.plan.timing import BatchSize, Probed, probe_texts, time_local
from surrogate.corpus.batch.plan.token_counts import TokenCounter, estimated_tokens, token_counter
from surrogate.corpus.batch.request import BatchRequest
from surrogate.corpus.batch.run import run_batch
from surrogate.corpus.batch.values import Counts
from surrogate.corpus.batch.workers.backends import Backend
from surrogate.errors import InputError
from surrogate.local import explain
from tests.batch_models import messages, toy, write_csv
from tests.endpoint_toys import chat, decision
from tests.toys import MESSAGE, card_box

TEXTS = [
    "pay",
    "my card was stolen",
    "I lost my card at the station, please help me to get a new one",
    MESSAGE,
    "why was I charged twice for the very same cash withdrawal in Rome on the fifth of May and on the sixth again",
]
CHARACTERS = TokenCounter("estimated from characters")
SIZE = BatchSize(n_rows=1_000_000, n_texts=900_000, n_problems=500, part_texts=256)


@pytest.fixture
def closed() -> Iterator[str]:
    """URL of a port of this machine at which nobody listens, kept from others."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@pytest.fixture
def nothing_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a connection fails."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


def planned(box: Any, size: BatchSize = SIZE, **options: Any) -> BatchPlan:
    return plan_batch(load("local", box), size, TEXTS, **options)


# What would be asked.


@pytest.mark.parametrize(
    ("recipe", "calls"),
    [
        ("local", 200),
        ("local-linear", 64),
        ("local-linear", None),
        ("local-linear", {"fit": 32, "select": 8, "test": 16}),
    ],
)
def test_the_plan_bounds_what_explanations_ask(recipe: str, calls: Any) -> None:
    box = card_box()
    drawn = draw_texts(load(recipe, box), TEXTS[1:3], CHARACTERS, calls, 1024)
    assert box.asked == []
    for text, one in zip(TEXTS[1:3], drawn, strict=True):
        asked = explain(text, box, recipe, calls=calls, store=False).calls["total"]
        assert one.calls.low <= asked <= one.calls.high


@pytest.mark.parametrize("n_calls", [64, 100])
def test_a_model_whose_answers_vary_is_asked_again_and_the_plan_says_so(n_calls: int) -> None:
    box = FunctionBox(lambda texts: [[0.3, 0.7]] * len(texts), classes=["a", "b"], stochastic=True)
    for text, one in zip(TEXTS, draw_texts(load("local-linear", box), TEXTS, CHARACTERS, n_calls, 1024), strict=True):
        asked = explain(text, box, "local-linear", calls=n_calls, store=False).calls["total"]
        assert asked <= one.calls.high <= n_calls


def test_few_units_have_few_copies() -> None:
    one, four, *_ = draw_texts(load("local", card_box()), TEXTS, CHARACTERS, 64, 1024)
    assert (one.calls.expected, four.calls.expected) == (2, 16)


def test_auto_is_a_range_from_the_first_round_to_the_budget() -> None:
    plan = planned(card_box(), calls="auto", budget=256)
    assert plan.asking.most_per_text == 256
    assert plan.asking.per_text.low < plan.asking.per_text.expected < plan.asking.per_text.high <= 256
    assert any("auto" in note for note in plan.notes)


def test_a_text_that_cannot_be_explained_is_counted_as_an_error() -> None:
    plan = plan_batch(load("local", card_box()), SIZE, [*TEXTS, " "], max_errors=1000)
    assert plan.asking.error_codes == {"empty-text": 1}
    assert plan.asking.errors.expected == pytest.approx(500 + 999_500 / 6)
    assert plan.breaks_first is not None
    assert plan.breaks_first.name == "the number of errors allowed"


def test_a_sample_without_errors_raises_no_alarm_and_claims_no_certainty() -> None:
    plan = plan_batch(load("local", card_box()), SIZE, TEXTS)
    assert plan.asking.errors.expected == 500 < plan.asking.errors.high
    assert plan.breaks_first is None


def test_a_sample_that_is_all_alike_is_still_a_sample() -> None:
    plan = plan_batch(load("local", card_box()), SIZE, TEXTS[2:], calls=64)
    assert plan.asking.per_text.low < plan.asking.per_text.expected == plan.asking.per_text.high == 64


def test_long_texts_have_bounds_since_their_units_must_be_asked_for() -> None:
    (one,) = draw_texts(load("local", card_box()), ["word " * 1200], CHARACTERS, 64, 1024)
    assert not one.was_drawn
    assert one.calls.high == 64


def test_a_filler_is_not_loaded_for_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    from surrogate.perturb.infill import Infill

    pipe = load("local", card_box())
    pipe.set_params(perturb=Infill(model="no-such-model", n_samples=64))
    (one,) = draw_texts(pipe, [MESSAGE], CHARACTERS, 64, 1024)
    assert (one.was_drawn, one.error) == (False, "")


def test_the_pipeline_is_left_as_it_was() -> None:
    pipe = load("local", card_box())
    before = repr(pipe.get_params())
    plan_batch(pipe, SIZE, TEXTS, calls=100)
    assert repr(pipe.get_params()) == before


def test_done_parts_are_not_planned_again() -> None:
    fresh, resumed = planned(card_box()), planned(card_box(), BatchSize(1_000_000, 900_000, 500, 256, n_done=450_000))
    assert resumed.asking.total.expected == fresh.asking.total.expected / 2


@pytest.mark.parametrize("wrong", [0, "many"])
def test_calls_are_checked(wrong: Any) -> None:
    with pytest.raises(InputError, match="bad-calls"):
        planned(card_box(), calls=wrong)


def test_a_sample_without_a_text_is_refused() -> None:
    with pytest.raises(InputError, match="bad-corpus"):
        plan_batch(load("local", card_box()), SIZE, [])


@given(st.lists(st.text(alphabet="abc é中", max_size=4), max_size=20), st.integers(0, 8), st.randoms())
def test_the_sample_is_chosen_by_content(texts: list[str], n: int, random: Any) -> None:
    shuffled = [*texts, *texts[:3]]
    random.shuffle(shuffled)
    chosen = sample_texts(texts, n)
    assert sample_texts(shuffled, n) == chosen
    assert len(chosen) == min(n, len(set(texts)))


# Tokens.


@pytest.mark.parametrize("name", ["bank-router", "bank-router-lm"])
def test_tokens_are_the_model_s_own_where_it_tells_them(name: str) -> None:
    counter = token_counter(load_model(name))
    assert counter.is_measured
    none, one, both = (counter.count(texts).expected for texts in ([""], [TEXTS[2]], [TEXTS[2]] * 2))
    assert counter.count([TEXTS[2]]).is_exact
    assert none < one
    assert both == 2 * one


@pytest.mark.parametrize("name", ["bank-router", "bank-router-lm"])
def test_the_estimate_from_characters_holds_for_shipped_tokenizers(name: str) -> None:
    counter = token_counter(load_model(name))
    frame = counter.count([""]).expected
    for text in TEXTS[2:]:
        estimate = estimated_tokens(text)
        assert estimate.low <= counter.count([text]).expected - frame <= estimate.high


def test_a_copy_has_half_the_tokens_of_its_text() -> None:
    plan = plan_batch(load("local", card_box()), SIZE, TEXTS[2:], calls=256)
    assert plan.asking.token_share == pytest.approx(0.5, abs=0.05)
    assert plan.asking.token_source == "estimated from characters"


# Ranges.


ranges = st.tuples(*[st.floats(0, 1e9)] * 3).map(lambda ends: Estimate(*sorted(ends)))


@given(ranges, ranges)
def test_ranges_stay_in_order(one: Estimate, other: Estimate) -> None:
    for each in (one.times(other), one.plus(other), one.over(3), one.at_most(5.0)):
        assert each.low <= each.expected <= each.high


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30), st.integers(1, 10**6))
def test_a_mean_lies_in_its_range_and_is_exact_where_all_were_seen(values: list[float], n_more: int) -> None:
    part, whole = Estimate.of_mean(values, len(values) + n_more), Estimate.of_mean(values, len(values))
    assert 0 <= part.low <= part.expected <= part.high
    assert whole.is_exact
    assert whole.expected == part.expected


# Time.


@settings(max_examples=25)
@given(st.integers(1, 64), st.integers(1, 64))
def test_more_workers_are_not_slower_and_no_worker_has_less_than_a_part(workers: int, more: int) -> None:
    size = BatchSize(10_000, 10_000, part_texts=256)
    probing = probe_texts(lambda texts: Probed(0.5 * len(texts)), TEXTS)
    few, many = (time_local(probing, size, n).seconds for n in (workers, workers + more))
    assert few is not None
    assert many is not None
    assert many.low <= few.low
    assert many.low >= 0.5 * 256


def test_one_worker_takes_texts_times_seconds() -> None:
    plan = planned(card_box(), probe=lambda texts: Probed(0.25 * len(texts)))
    assert plan.timing.seconds == Estimate.exactly(0.25 * 900_000)


def test_without_a_probe_time_is_not_known() -> None:
    assert planned(card_box()).timing.seconds is None


def test_only_texts_that_can_be_explained_are_explained_for_real() -> None:
    seen: list[str] = []

    def probe(texts: Any) -> Probed:
        seen.extend(texts)
        return Probed(1.0)

    plan_batch(load("local", card_box()), SIZE, [" ", *TEXTS], probe=probe)
    assert seen == [TEXTS[0], *TEXTS[1:]]


# Endpoints.


@pytest.mark.usefixtures("nothing_sent")
@pytest.mark.parametrize("make", [chat, decision])
def test_nothing_is_sent_to_an_endpoint(make: Any, closed: str) -> None:
    def probe(texts: Any) -> Probed:
        raise AssertionError("an endpoint was probed")

    box = make(closed, manners={"input_price": 0.1})
    plan = planned(box, probe=probe, machine=Machine(Path("not-there-yet")))
    assert box.spent["calls"] == 0
    assert plan.spending is not None
    assert plan.timing.seconds is None
    assert "nothing was sent" in plan.timing.how
    assert plan.spending.requests.expected == plan.asking.total.expected
    assert f"Up to {64 * 900_000:,} texts (900,000 of yours" in plan.announcement
    assert box.access.address.place in plan.announcement


def test_the_prompt_comes_on_top_of_each_copy(closed: str) -> None:
    short, long = planned(chat(closed)), planned(chat(closed, system="You route messages to a bank. " * 20))
    assert short.spending is not None
    assert long.spending is not None
    assert short.spending.read.low > short.asking.tokens.low
    more = estimated_tokens("You route messages to a bank. " * 20).expected * short.asking.total.expected
    assert long.spending.read.expected - short.spending.read.expected == pytest.approx(more, rel=0.02)


def test_each_vote_is_a_request(closed: str) -> None:
    one, five = planned(chat(closed)), planned(chat(closed, decoding={"method": "votes", "n_votes": 5}))
    assert one.spending is not None
    assert five.spending is not None
    assert five.spending.requests.high == 5 * five.asking.total.high
    assert five.spending.written.expected > one.spending.written.expected


def test_money_is_tokens_at_their_prices(closed: str) -> None:
    plan = planned(chat(closed, manners={"input_price": 2.0, "output_price": 8.0}))
    assert plan.spending is not None
    assert plan.spending.cost is not None
    read, written = plan.spending.read.expected, plan.spending.written.expected
    assert plan.spending.cost.expected == pytest.approx((2 * read + 8 * written) / 1e6)
    free = planned(chat(closed)).spending
    assert free is not None
    assert free.cost is None


def test_a_stated_pace_tells_the_time(closed: str) -> None:
    one = planned(chat(closed, manners={"requests_per_minute": 600}))
    four = planned(chat(closed, manners={"requests_per_minute": 600}), workers=4)
    assert one.timing.seconds is not None
    assert four.timing.seconds is not None
    assert one.timing.seconds.expected == pytest.approx(one.asking.total.expected / 10)
    assert four.timing.seconds.expected == pytest.approx(one.asking.total.expected / 40)
    assert any("each of the 4 workers" in note for note in four.notes)


@pytest.mark.parametrize(
    ("manners", "name"),
    [
        ({"max_calls": 1000}, "the budget of requests"),
        ({"max_tokens": 10_000}, "the budget of tokens"),
        ({"max_cost": 0.5, "input_price": 1.0}, "the budget of money"),
    ],
)
def test_a_budget_that_does_not_suffice_is_said_to_break_first(closed: str, manners: Any, name: str) -> None:
    plan = planned(chat(closed, manners=manners))
    first = plan.breaks_first
    assert first is not None
    assert (first.name, first.breaks) == (name, "yes")
    assert 0 < first.lasts.low <= first.lasts.expected <= first.lasts.high < 0.01
    assert any(line.startswith(f"What breaks first: T{name[1:]}") for line in plan.lines())


# What breaks.


@given(ranges, st.floats(1.0, 1e9))
def test_what_a_limit_lasts_for_is_a_share(wanted: Estimate, has: float) -> None:
    limit = Limit("it", "count", has, wanted)
    assert 0 < limit.lasts.low <= limit.lasts.expected <= limit.lasts.high <= 1
    assert (limit.breaks == "yes") == (limit.lasts.expected < 1)
    assert (limit.breaks == "no") == (limit.lasts.low == 1)


def test_of_two_the_one_that_lasts_for_less_breaks_first() -> None:
    disk, calls = Limit("disk", "bytes", 5, Estimate(10, 10, 10)), Limit("calls", "count", 5, Estimate(20, 20, 20))
    assert first_to_break([disk, calls]) is first_to_break([calls, disk]) is calls


def test_time_disk_and_memory_are_compared(tmp_path: Path) -> None:
    def probe(texts: Any) -> Probed:
        return Probed(10.0 * len(texts), 10**12 * len(texts))

    machine = Machine(tmp_path / "out", store=tmp_path / "answers.sqlite")
    plan = planned(card_box(), probe=probe, machine=machine, workers=1000)
    names = [limit.name for limit in plan.limits if limit.breaks == "yes"]
    assert "free space for output folder and answer store" in names
    assert "the memory of this machine" in names
    assert plan.breaks_first is not None
    assert plan.breaks_first.lasts.expected == 0
    alone = planned(card_box(), probe=probe)
    assert alone.breaks_first is not None
    assert alone.breaks_first.name == "the time allowed"


def test_a_folder_of_another_run_is_named_and_the_same_run_is_not(tmp_path: Path) -> None:
    out, identity = tmp_path / "out", {"schema": "1", "calls": 64}
    assert planned(card_box(), machine=Machine(out), identity=identity).refusal == ""
    out.mkdir()
    assert planned(card_box(), machine=Machine(out), identity=identity).refusal == ""
    (out / "batch.json").write_text(json.dumps(identity), encoding="utf-8")
    assert planned(card_box(), machine=Machine(out), identity=identity).refusal == ""
    other = planned(card_box(), machine=Machine(out), identity=identity | {"calls": 128})
    assert "differs in calls" in other.refusal
    assert any("would not begin" in line for line in other.lines())
    (out / "batch.json").write_text("{", encoding="utf-8")
    assert "cannot be read" in planned(card_box(), machine=Machine(out), identity=identity).refusal
    (out / "batch.json").unlink()
    (out / "other.txt").write_text("", encoding="utf-8")
    assert "holds no batch" in planned(card_box(), machine=Machine(out), identity=identity).refusal


# The dry run of a batch.


def dry(tmp_path: Path, choice: str = "none", calls: int = 16) -> BatchPlan:
    source = write_csv(tmp_path / "in.csv", [(f"m{k}", text) for k, text in enumerate(messages(6))])
    adverse = ("cards",) if choice == "adverse" else ()
    out = tmp_path / "out"
    request = BatchRequest(
        source, out, id="id", calls=calls, part_texts=2, choice=read_choice(choice, adverse), adverse=adverse
    )
    with opened(request, toy(), store=False) as there:
        return dry_run(there, Backend("none"))


@pytest.mark.parametrize(("choice", "n"), [("all", 6), ("sample:2", 2), ("sample:1000", 6), ("none", 0)])
def test_full_reports_that_are_known_beforehand_are_planned(tmp_path: Path, choice: str, n: int) -> None:
    assert dry(tmp_path, choice).storage.reports.low == n * REPORT_BYTES.low


@pytest.mark.parametrize("choice", ["adverse", "withheld"])
def test_full_reports_whose_number_is_not_known_are_said_to_come_on_top(tmp_path: Path, choice: str) -> None:
    assert any(choice in note and "80.0 kB to 600.0 kB" in note for note in dry(tmp_path, choice).notes)


def test_parts_of_another_run_are_none_of_this_one(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "in.csv", [(f"m{k}", text) for k, text in enumerate(messages(6))])
    request = BatchRequest(source, tmp_path / "out", id="id", calls=16, part_texts=2)
    with opened(request, toy(), store=False) as there:
        run_batch(there, Backend("none"))
    same, other = dry(tmp_path), dry(tmp_path, calls=32)
    assert (same.refusal, same.size.n_done) == ("", 6)
    assert "differs in settings.calls" in other.refusal
    assert other.size.n_done == 0
    assert other.asking.total.expected > 0


# How it is told.


def test_one_is_told_as_one(tmp_path: Path) -> None:
    assert number_of(1, "worker") == "1 worker"
    plan = dry(tmp_path)
    told = "\n".join([*plan.lines(), Standing(9, Counts(rows=2, asked=1, errors=1), 2.0, 1.0).line()])
    assert "1 worker" in told
    assert not re.search(r"\b1 (worker|text|error|row)s\b", told)


@pytest.mark.parametrize("width", [80, 160])
def test_the_plan_quotes_no_text_and_tells_every_row(closed: str, width: int) -> None:
    from rich.console import Console

    from surrogate.cli.planning import print_plan

    plan, stream = planned(chat(closed)), io.StringIO()
    print_plan(plan, Console(file=stream, width=width))
    told = stream.getvalue() + "\n".join(plan.lines()) + json.dumps(plan.to_dict())
    assert not any(text in told for text in TEXTS[1:])
    assert all(row[0] in stream.getvalue() for row in plan.rows())


def test_the_plan_is_json_and_always_the_same() -> None:
    one, other = planned(card_box()).to_dict(), planned(card_box()).to_dict()
    assert json.dumps(one, sort_keys=True, allow_nan=False) == json.dumps(other, sort_keys=True)
