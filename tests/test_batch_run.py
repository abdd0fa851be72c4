"""A whole batch: every row once, the same bytes everywhere, whatever happens meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import surrogate
from surrogate.blackbox import load_model
from surrogate.corpus.batch.choosing import Choice, read_choice
from surrogate.corpus.batch.opening import opened
from surrogate.corpus.batch.request import BatchRequest
from surrogate.corpus.batch.rows.part_files import read_part
from surrogate.corpus.batch.run import run_batch
from surrogate.corpus.batch.running import read_runs
from surrogate.corpus.batch.values import PartTask
from surrogate.corpus.batch.workers.backends import Backend
from surrogate.corpus.batch.workers.working import work
from surrogate.errors import InputError, ModelError
from tests import batch_models as models

HERE = Backend("none")
ROWS = [(f"m{k:02}", text) for k, text in enumerate(models.messages(12))]


def done(out: Path, rows: list[tuple[str, str]] = ROWS, backend: Backend = HERE, box: Any = None, **asked: Any) -> Path:
    """A batch of some rows; ``run_*`` are of the run, all others of the request."""
    source = models.write_csv(out.parent / f"{out.name}.csv", rows)
    request = BatchRequest(source, out, id="id", part_texts=asked.pop("part_texts", 4), **_of_request(asked))
    with opened(request, box or models.toy(), store=asked.get("run_store")) as batch:
        return run_batch(batch, backend, **{name[4:]: value for name, value in asked.items() if name in _RUN})


_RUN = ("run_max_errors", "run_overwrite", "run_begun", "run_watch")


def _of_request(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if not name.startswith("run_")}


def parts(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "rows").iterdir())}


def rows_of(out: Path) -> dict[str, dict[str, Any]]:
    found = [row for path in sorted((out / "rows").iterdir()) for row in read_part(path)]
    assert len({row["id"] for row in found}) == len(found)
    return {row["id"]: row for row in found}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return done(tmp_path_factory.mktemp("plain") / "out")


def test_every_row_is_there_once_and_says_what_a_single_explanation_says(plain: Path) -> None:
    rows = rows_of(plain)
    assert sorted(rows) == [name for name, _ in ROWS]
    for name, text in ROWS[:3]:
        alone = surrogate.explain(text, models.toy(), "batch", calls=64, store=False)
        row = rows[name]
        assert row["status"] == ("explained" if alone.passed else "withheld")
        assert row["decision"] == alone.decision.label
        assert row["calls"] == alone.calls["total"]
        assert [term["coefficient"] for term in row["terms"]] == pytest.approx(
            [term.coefficient for term in alone.terms]
        )
        assert row["surrogates"][0]["r2"] == pytest.approx(alone.members[0].fidelity.r2.value)  # type: ignore[union-attr]


def test_what_is_not_measured_is_not_told(plain: Path, tmp_path: Path) -> None:
    quick = [one for row in rows_of(plain).values() for one in row["surrogates"]]
    assert {one["n_refits"] for one in quick} == {0}
    assert {one["stability"] for one in quick} == {None}
    every = rows_of(done(tmp_path / "every", ROWS[:4], stability="all"))
    assert any(one["stability"] is not None for row in every.values() for one in row["surrogates"])


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_rows_are_the_same_bytes_on_any_number_of_workers(plain: Path, tmp_path: Path, workers: int) -> None:
    assert parts(done(tmp_path / "out", backend=Backend("loky", workers=workers))) == parts(plain)


def test_one_process_loads_the_model_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = load_model("bank-router")
    on_a_worker = done(tmp_path / "worker", ROWS[:2], Backend("loky", workers=1), box, calls=16)
    monkeypatch.setattr("surrogate.blackbox.load_model", None)
    assert parts(done(tmp_path / "here", ROWS[:2], HERE, box, calls=16)) == parts(on_a_worker)


def test_the_order_of_rows_does_not_matter(plain: Path, tmp_path: Path) -> None:
    assert parts(done(tmp_path / "out", ROWS[::-1])) == parts(plain)


def test_the_size_of_parts_and_the_other_rows_do_not_matter(plain: Path, tmp_path: Path) -> None:
    few = rows_of(done(tmp_path / "out", ROWS[3:9], part_texts=5))
    assert few == {name: row for name, row in rows_of(plain).items() if name in few}


def test_a_repeated_text_is_asked_once(tmp_path: Path) -> None:
    once, thrice = (done(tmp_path / str(n), [(f"{k}", ROWS[0][1]) for k in range(n)]) for n in (1, 3))
    assert read_runs(once)[0]["counts"]["asked"] == read_runs(thrice)[0]["counts"]["asked"]
    rows = list(rows_of(thrice).values())
    assert len(rows) == 3
    assert len({json.dumps({**row, "id": "", "row_sha256": ""}, sort_keys=True) for row in rows}) == 1


def test_answers_in_a_store_serve_every_worker_and_later_batches(plain: Path, tmp_path: Path) -> None:
    store = str(tmp_path / "answers.sqlite")
    first = done(tmp_path / "first", ROWS[:8], Backend("loky", workers=2), run_store=store)
    second = done(tmp_path / "second", run_store=store, part_texts=12)
    asked = [read_runs(out)[0]["counts"]["asked"] for out in (plain, first, second)]
    assert asked[1] < asked[0]
    assert asked[2] <= asked[0] - asked[1] + 60
    assert parts(done(tmp_path / "third", run_store=store)) == parts(plain)
    assert read_runs(tmp_path / "third")[0]["counts"]["asked"] == 0


def test_full_reports_are_what_a_single_explanation_writes(tmp_path: Path) -> None:
    out = done(tmp_path / "out", ROWS[:5], choice=Choice("sample", 1), formats=("html",))
    (row,) = [row for row in rows_of(out).values() if row["record_sha256"] is not None]
    alone = surrogate.explain(dict(ROWS)[row["id"]], models.toy(), "batch", calls=64, store=False).report(
        tmp_path / "one"
    )
    report = out / "reports" / row["text_sha256"][:16]
    for name in ("report.json", "report.html", "evidence.json.gz"):
        assert (report / name).read_bytes() == (alone / name).read_bytes()


def test_a_text_whose_report_was_asked_for_is_explained_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surrogate.corpus.batch.workers.one_text._explanation", None)
    for choice in (Choice("all"), Choice("sample", 1)):
        found = rows_of(done(tmp_path / choice.kind, ROWS[:1], choice=choice, formats=("text",)))
        assert [row["error_code"] for row in found.values()] == [None]


@pytest.mark.parametrize(
    ("told", "adverse", "wanted"),
    [
        ("adverse", ("fees",), lambda row: row["decision"] == "fees"),
        ("withheld", (), lambda row: row["status"] == "withheld"),
        ("all", (), lambda row: row["status"] != "error"),
    ],
)
def test_full_reports_are_written_for_the_rows_that_were_named(
    tmp_path: Path, told: str, adverse: tuple[str, ...], wanted: Callable[[dict[str, Any]], bool]
) -> None:
    rows = [*ROWS[:2], ("empty", " ")]
    found = rows_of(done(tmp_path / "out", rows, choice=read_choice(told, adverse), adverse=adverse, formats=("text",)))
    assert {name for name, row in found.items() if row["record_sha256"]} == {
        n for n, row in found.items() if wanted(row)
    }


@pytest.mark.parametrize("full", ["surrogate.report.write.place_files", "tempfile.TemporaryDirectory"])
def test_no_room_for_a_full_report_ends_the_run_and_is_no_error_of_the_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: str
) -> None:
    def no_room(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    asked: dict[str, Any] = {"rows": ROWS[:1], "choice": Choice("all"), "formats": ("text",)}
    with monkeypatch.context() as patch:
        patch.setattr(full, no_room)
        with pytest.raises(InputError, match="No space left") as raised:
            done(tmp_path / "out", **asked)
    assert raised.value.code == "cannot-write"
    assert [row["status"] for row in rows_of(done(tmp_path / "out", **asked)).values()] == ["explained"]


def test_reports_by_id_are_of_the_ids_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text("m01\n\n", encoding="utf-8")
    choice = read_choice(f"ids:{tmp_path / 'ids.txt'}")
    found = rows_of(done(tmp_path / "out", ROWS[:3], choice=choice, formats=("text",)))
    assert [name for name, row in found.items() if row["record_sha256"]] == ["m01"]
    (tmp_path / "ids.txt").write_text("m77\n", encoding="utf-8")
    with pytest.raises(InputError, match="m77"):
        done(tmp_path / "other", ROWS[:3], choice=read_choice(f"ids:{tmp_path / 'ids.txt'}"))


@pytest.mark.parametrize("told", ["some", "sample:0", "sample:x", "sample", "ids:", "adverse", "all:3"])
def test_a_choice_of_reports_that_makes_no_sense_is_refused(told: str) -> None:
    with pytest.raises(InputError):
        read_choice(told)


@pytest.mark.parametrize("is_there", [False, True])
def test_what_is_read_lies_in_the_folder_of_the_batch_where_that_is_there(tmp_path: Path, is_there: bool) -> None:
    """What is beside a folder that is there may be another disk, or not be ours to write to."""
    source, out = tmp_path / "texts.csv", tmp_path / "mount" / "out"
    source.write_text("text\npay my bill\n", encoding="utf-8")
    out.parent.mkdir()
    if is_there:
        out.mkdir()
    with opened(BatchRequest(source, out), models.toy()) as batch:
        assert batch.spool.path.is_relative_to(out) is is_there
        assert batch.spool.path.is_relative_to(out.parent)
        run_batch(batch, HERE)
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    assert not [path for path in out.iterdir() if path.name.startswith(".")]


def test_adverse_labels_may_be_named_where_no_reports_are_wanted_of_them() -> None:
    assert read_choice("none", ("money",)) == read_choice("none")


@pytest.mark.parametrize(("word", "code"), [(models.RAISES, "model-failed"), (models.GREEDY, "out-of-memory")])
def test_a_poisoned_row_becomes_an_error_row(tmp_path: Path, word: str, code: str) -> None:
    found = rows_of(done(tmp_path / "out", [*ROWS[:6], ("bad", f"this {word} a lot of it")]))
    assert {name: row["error_code"] for name, row in found.items() if row["status"] == "error"} == {"bad": code}
    assert "secret" not in str(found["bad"])


def test_a_row_that_ends_its_worker_becomes_an_error_row(plain: Path, tmp_path: Path) -> None:
    rows = [*ROWS, ("bad", f"this is {models.FATAL}")]
    found = rows_of(done(tmp_path / "out", rows, Backend("loky", workers=2)))
    assert found.pop("bad")["error_code"] == "worker-died"
    assert found == rows_of(plain)


def test_bad_rows_of_the_input_become_error_rows(tmp_path: Path) -> None:
    found = rows_of(done(tmp_path / "out", [*ROWS[:2], ("blank", "   "), ("long", "word " * 30_000)]))
    assert {name: row["error_code"] for name, row in found.items() if row["status"] == "error"} == {
        "blank": "empty-text",
        "long": "text-too-long",
    }


def test_a_text_that_is_not_to_be_cut_is_refused_whatever_the_store_holds(tmp_path: Path) -> None:
    rows, asked = [("long", "my card was lost and I need help " * 60)], {"units": "sentence", "calls": 16}
    asked["run_store"] = str(tmp_path / "answers.sqlite")
    assert rows_of(done(tmp_path / "cut", rows, box=load_model("bank-router"), **asked))["long"]["truncated"]
    whole = load_model("bank-router", too_long="error")
    assert rows_of(done(tmp_path / "whole", rows, box=whole, **asked))["long"]["error_code"] == "too-many-tokens"
    with pytest.raises(InputError, match="another too_long") as raised:
        done(tmp_path / "cut", rows, box=whole, **asked)
    assert raised.value.code == "other-run"


def test_too_many_errors_stop_the_batch_and_the_same_command_goes_on(tmp_path: Path) -> None:
    rows = [*ROWS[:6], *((f"bad{k}", f"this {models.RAISES} {k}") for k in range(6))]
    with pytest.raises((InputError, ModelError)) as raised:
        done(tmp_path / "out", rows, part_texts=1, run_max_errors=2)
    assert raised.value.code == "too-many-errors"
    assert not (tmp_path / "out" / "index.json").exists()
    kept = parts(tmp_path / "out")
    assert 3 <= len(kept) < 12
    out = done(tmp_path / "out", rows, part_texts=1, run_max_errors=6)
    assert kept.items() <= parts(out).items()
    assert [run["ended"] for run in read_runs(out)] == ["too-many-errors", "done"]
    assert sum(run["counts"]["rows"] for run in read_runs(out)) == len(rows)


def test_a_disk_that_is_full_when_the_run_is_told_is_a_sentence_and_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("surrogate.corpus.batch.running.place_files", no_room)
    with pytest.raises(InputError, match="No space left"):
        done(tmp_path / "out", ROWS[:1])
    with pytest.raises(InputError, match="--max-errors"):
        done(tmp_path / "bad", [("blank", " ")], run_max_errors=0)


def test_what_was_done_is_not_done_again(plain: Path, tmp_path: Path) -> None:
    seen: list[Any] = []
    out = done(tmp_path / "out")
    before = parts(out)
    (out / "rows" / "part-00001.parquet").unlink()
    done(out, run_begun=seen.append, run_watch=lambda counts, spent: seen.append(counts))
    assert [counts.rows for counts in seen] == [8, 4]
    assert parts(out) == before == parts(plain)


@pytest.mark.parametrize(
    "other",
    [{"calls": 32}, {"pipeline": "local"}, {"part_texts": 3}, {"keep_text": True}, {"box": models.toy("desks 2")}],
    ids=str,
)
def test_a_folder_of_another_batch_is_refused(plain: Path, tmp_path: Path, other: dict[str, Any]) -> None:
    out = done(tmp_path / "out")
    with pytest.raises(InputError) as raised:
        done(out, **other)
    assert raised.value.code == "other-run"
    assert parts(out) == parts(plain)
    again = rows_of(done(out, run_overwrite=True, **other))
    assert len(again) == len(ROWS)


@pytest.mark.parametrize("backend", [HERE, Backend("loky", workers=1)])
def test_a_worker_with_other_packages_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: Backend
) -> None:
    from surrogate.corpus.batch import opening

    monkeypatch.setattr(opening, "versions", lambda: {"surrogate-explainer": "0.0.1"})
    with pytest.raises(InputError) as raised:
        done(tmp_path / "out", ROWS[:2], backend)
    assert raised.value.code == "worker-mismatch"
    assert "0.0.1" in raised.value.message


def test_a_worker_with_another_model_refuses(tmp_path: Path) -> None:
    request = BatchRequest(models.write_csv(tmp_path / "in.csv", ROWS[:2]), tmp_path / "out", id="id")
    with opened(request, models.toy()) as batch:
        spec = replace(batch.spec, fingerprint="another")
    with pytest.raises(InputError) as raised:
        work(spec, PartTask(0, ()))
    assert raised.value.code == "worker-mismatch"


def test_a_model_without_identity_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        done(tmp_path / "out", box=models.toy(None))
    assert raised.value.code == "no-fingerprint"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"target": "loans"}, "unknown-label"),
        ({"adverse": ("loans",)}, "unknown-label"),
        ({"calls": 3}, "bad-calls"),
        ({"pipeline": "audit"}, "bad-recipe"),
        ({"formats": ("gif",)}, "unknown-format"),
        ({"stability": "some"}, "bad-parameter"),
        ({"part_texts": 0}, "bad-parameter"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_before_anything_is_written(
    tmp_path: Path, asked: dict[str, Any], code: str
) -> None:
    with pytest.raises(InputError) as raised:
        done(tmp_path / "out", **asked)
    assert raised.value.code == code
    assert not (tmp_path / "out").exists()


def test_texts_are_kept_only_when_asked_for(plain: Path, tmp_path: Path) -> None:
    assert {row["text"] for row in rows_of(plain).values()} == {None}
    kept = rows_of(done(tmp_path / "out", ROWS[:2], keep_text=True))
    assert {name: row["text"] for name, row in kept.items()} == dict(ROWS[:2])
    assert not (tmp_path / "out" / ".work").exists()
