"""A batch whose model is behind an endpoint: many requests at a time, nothing paid for twice, and an end that says why."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from surrogate.cli import main
from surrogate.corpus.batch.opening import opened
from surrogate.corpus.batch.plan.dry_run import dry_run
from surrogate.corpus.batch.request import BatchRequest
from surrogate.corpus.batch.rows.part_files import read_part
from surrogate.corpus.batch.run import run_batch
from surrogate.corpus.batch.running import read_runs
from surrogate.corpus.batch.workers.backends import Backend
from surrogate.errors import InputError
from tests.batch_models import messages, write_csv
from tests.endpoint_toys import Told, asked_text, decides, decision, serving, told

N = 6
CALLS = 8
TOML = """
schema = 1
name = "router"
kind = "decision-endpoint"
url = "{url}"
model = "router"

[questions.route]
type = "choice"
instructions = "Which desk?"
criteria = {{ cards = "lost cards", cash = "machines" }}

[manners]
first_wait = 0.001
patience = {patience}
timeout = 5.0
concurrency = {concurrency}
{manners}
"""


class Batch:
    """A batch on the command line, with its own cache of answers."""

    def __init__(self, folder: Path, texts: list[str]) -> None:
        self.folder, self.out = folder, folder / "out"
        self.input = write_csv(folder / "in.csv", [(f"m{k}", text) for k, text in enumerate(texts)])

    def run(self, url: str, *more: str, **special: Any) -> int:
        filled = {"patience": 0.05, "concurrency": 1, "manners": ""} | special
        (self.folder / "router").mkdir(exist_ok=True)
        (self.folder / "router" / "model.toml").write_text(TOML.format(url=url, **filled), encoding="utf-8")
        model = str(self.folder / "router")
        options = ["--id", "id", "--calls", str(CALLS), "--part-texts", "2", "--model", model, *more]
        return main(["batch", str(self.input), "--out", str(self.out), *options])

    def rows(self) -> dict[str, dict[str, Any]]:
        found = [row for path in sorted((self.out / "rows").iterdir()) for row in read_part(path)]
        assert len({row["id"] for row in found}) == len(found)
        return {row["id"]: row for row in found}

    def parts(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.out / "rows").iterdir()}


@pytest.fixture
def batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Batch:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Batch(tmp_path, messages(N))


def sent(*servers: Any) -> Counter[str]:
    return Counter(text for server in servers for text in server.texts)


def again(paid: Counter[str]) -> int:
    """Requests for what was answered before."""
    return paid.total() - len(paid)


def after(n: int, then: Callable[[str, dict[str, Any], int], Told]) -> Callable[[str, dict[str, Any], int], Told]:
    """A server that behaves for some requests."""
    return lambda path, body, number: decides(path, body, number) if number < n else then(path, body, number)


def test_copies_of_many_texts_are_sent_together(batch: Batch) -> None:
    gate = threading.Barrier(4)  # more than one text's worth of requests must be on their way to open it
    opened_once = threading.Event()

    def script(path: str, body: dict[str, Any], number: int) -> Told:
        if not opened_once.is_set() and number < 4:
            gate.wait(timeout=10)
            opened_once.set()
        return decides(path, body, number)

    with serving(script) as server:
        assert batch.run(server.url, "-q", "--part-texts", str(N), concurrency=4) == 0
    assert opened_once.is_set()
    assert server.most_in_flight == 4
    assert set(sent(server).values()) == {1}
    assert len(batch.rows()) == N


def test_what_is_sent_where_is_announced_first_and_counted_afterwards(
    batch: Batch, capsys: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []

    def script(path: str, body: dict[str, Any], number: int) -> Told:
        if number == 0:
            said.append(capsys.readouterr().err)
        return decides(path, body, number)

    with serving(script) as server:
        assert batch.run(server.url, manners="input_price = 2.0") == 0
    assert f"Up to {N * CALLS} texts ({N} of yours and altered copies of them) may be sent to 127.0.0.1:" in said[0]
    (run,) = read_runs(batch.out)
    n = len(server.seen)
    assert run["spent"] == {"calls": n, "tokens": 50 * n, "cost": pytest.approx(50 * n * 2 / 1e6)}
    assert run["counts"]["asked"] == n - again(sent(server)) >= n - 1
    assert (run["backend"], run["ended"]) == ("none", "done")
    assert f"{n} requests, {50 * n:,} tokens, cost " in capsys.readouterr().err


def test_nothing_is_sent_by_a_dry_run(batch: Batch, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(decides) as server:
        assert batch.run(server.url, "--dry-run") == 0
    assert server.seen == []
    assert not batch.out.exists()
    assert "requests" in capsys.readouterr().out


@pytest.mark.parametrize("backend", ["loky", "dask", "ray"])
@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_several_processes_are_refused(
    batch: Batch, capsys: pytest.CaptureFixture[str], backend: str, dry: tuple[str, ...]
) -> None:
    with serving(decides) as server:
        address = () if backend == "loky" else ("--address", "tcp://127.0.0.1:9")
        assert batch.run(server.url, "--backend", backend, *address, *dry) == 2
        assert "one process asks it" in capsys.readouterr().err
        request = BatchRequest(batch.input, batch.out, id="id")
        for go in (run_batch, dry_run):
            with (
                opened(request, decision(server.url)) as there,
                pytest.raises(InputError, match="budget and pace") as caught,
            ):
                go(there, Backend(backend, *address[1:]))
            assert caught.value.code == "bad-parameter"
    assert server.seen == []
    assert not batch.out.exists()


def test_workers_of_one_process_are_refused(batch: Batch, capsys: pytest.CaptureFixture[str]) -> None:
    assert batch.run("http://127.0.0.1:9", "--workers", "4") == 2
    assert "concurrency" in capsys.readouterr().err


def test_another_machine_needs_leave(batch: Batch, capsys: pytest.CaptureFixture[str]) -> None:
    assert batch.run("https://models.example") == 2
    assert "--allow-remote" in capsys.readouterr().err
    assert not batch.out.exists()


def test_an_endpoint_that_is_not_there_ends_the_run_at_once(batch: Batch, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(decides) as server:
        url = server.url
    assert batch.run(url) == 3
    said = capsys.readouterr().err
    assert "[endpoint-unreachable]" in said
    assert "Traceback" not in said
    assert batch.parts() == {}
    assert [run["ended"] for run in read_runs(batch.out)] == ["endpoint-unreachable"]
    with serving(decides) as server:
        assert batch.run(server.url, "-q") == 0
    assert len(batch.rows()) == N


@pytest.mark.parametrize(
    ("code", "then"),
    [
        ("endpoint-busy", lambda *_: told({}, 429)),
        ("endpoint-refused", lambda *_: told({}, 401)),
        ("model-changed", lambda path, body, n: Told(body=decides(path, body, n).body.replace(b"router-1", b"r-2"))),
    ],
)
def test_what_ends_in_the_middle_is_gone_on_with_and_nothing_is_paid_for_twice(
    batch: Batch, capsys: pytest.CaptureFixture[str], code: str, then: Any
) -> None:
    with serving(after(30, then)) as first:
        assert batch.run(first.url) == 3
    assert f"[{code}]" in capsys.readouterr().err
    kept = batch.parts()
    assert 0 < len(kept) < 3
    with serving(decides) as second:
        assert batch.run(second.url, "-q") == 0
    assert kept.items() <= batch.parts().items()
    assert [run["ended"] for run in read_runs(batch.out)] == [code, "done"]
    paid = Counter(first.texts[:30]) + sent(second)
    assert again(paid) <= 2  # a canary for each run
    assert sum(run["spent"]["calls"] for run in read_runs(batch.out)) >= len(paid)
    assert {row["status"] for row in batch.rows().values()} <= {"explained", "withheld"}


def test_an_endpoint_that_dies_in_the_middle(batch: Batch, capsys: pytest.CaptureFixture[str]) -> None:
    def dies(path: str, body: dict[str, Any], number: int) -> Told:
        first.dead = True
        return Told()

    with serving(after(30, dies)) as first:
        assert batch.run(first.url) == 3
    said = capsys.readouterr().err
    assert "[endpoint-unreachable]" in said
    assert not any(text in said for text in messages(N))
    kept = batch.parts()
    assert kept
    with serving(decides) as second:
        assert batch.run(second.url, "-q") == 0
    assert kept.items() <= batch.parts().items()
    assert again(Counter(first.answered) + sent(second)) <= 2
    before, now = (run["spent"]["calls"] for run in read_runs(batch.out))
    assert (before, now) == (
        pytest.approx(len(first.seen), abs=1),
        len(second.seen),
    )  # what broke off may be charged, too


def test_a_spent_budget_ends_the_run_and_a_higher_one_goes_on(batch: Batch, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(decides) as server:
        assert batch.run(server.url, manners="max_calls = 20") == 3
        said = capsys.readouterr().err
        assert "[budget-spent]" in said
        assert "20 requests" in said
        assert len(server.seen) == 20
        assert batch.run(server.url, "-q", manners="max_calls = 1000") == 0
    assert again(sent(server)) <= 2
    assert [run["spent"]["calls"] for run in read_runs(batch.out)] == [20, len(server.seen) - 20]
    assert len(batch.rows()) == N


def test_a_batch_is_the_same_bytes_however_often_it_was_stopped(batch: Batch, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    whole = Batch(tmp_path / "other", messages(N))
    with serving(decides) as server:
        assert whole.run(server.url, "-q", "--no-store") == 0
        for budget in (10, 10, 10):
            assert batch.run(server.url, "-q", manners=f"max_calls = {budget}") == 3
        assert batch.run(server.url, "-q") == 0
    assert batch.parts() == whole.parts()
    for name in ("batch.json", "index.parquet", "summary.json"):
        assert (batch.out / name).read_bytes() == (whole.out / name).read_bytes()


def test_whether_stored_answers_hold_is_asked_once_for_a_run_and_not_for_every_part(batch: Batch) -> None:
    with serving(decides) as server:
        assert batch.run(server.url, "-q") == 0
        n = len(server.seen)
        assert batch.run(server.url, "-q", "--overwrite", "--part-texts", "1") == 0
    assert n - again(sent(server)) <= len(set(server.texts))
    assert len(server.seen) - n == 1
    assert len(batch.parts()) == N


def test_busy_answers_are_waited_for(batch: Batch) -> None:
    busy: set[str] = set()

    def script(path: str, body: dict[str, Any], number: int) -> Told:
        text = asked_text(body)
        if len(busy) < 5 and text not in busy:
            busy.add(text)
            return told({}, 429, Retry_After="0")
        return decides(path, body, number)

    with serving(script) as server:
        assert batch.run(server.url, "-q", patience=5.0) == 0
    assert len(busy) == 5
    assert read_runs(batch.out)[0]["spent"]["calls"] == len(server.seen) - 5
    assert {row["status"] for row in batch.rows().values()} <= {"explained", "withheld"}


def test_a_declined_text_is_an_error_of_its_row(batch: Batch) -> None:
    no = messages(N)[2]

    def script(path: str, body: dict[str, Any], number: int) -> Told:
        declined = told({"model": "router-1", "answers": {"route": {"type": "refusal"}}})
        return declined if asked_text(body) == no else decides(path, body, number)

    with serving(script) as server:
        assert batch.run(server.url, "-q") == 0
    rows = batch.rows()
    assert {name for name, row in rows.items() if row["status"] == "error"} == {"m2"}
    assert rows["m2"]["error_code"] == "declined"
    assert no not in str(rows["m2"])


def test_answers_that_are_none_are_errors_of_their_rows_until_there_are_too_many(
    batch: Batch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(lambda *_: told({"odd": 1})) as server:
        assert batch.run(server.url, "--max-errors", "1") == 3
    said = capsys.readouterr().err
    assert "too-many-errors" in said
    assert "bad-reply" in said
