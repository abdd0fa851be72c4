"""The folder of a batch: one driver, one batch, and parts that are there wholly or not."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from surrogate.corpus.batch.folder import folder as folder_module
from surrogate.corpus.batch.folder import identity, locking, private_folder, writing
from surrogate.corpus.batch.folder.folder import BatchFolder
from surrogate.corpus.batch.folder.output_place import check_output
from surrogate.corpus.batch.intake.spooling import Source
from surrogate.corpus.batch.rows.part_files import part_name
from surrogate.corpus.batch.values import Counts, PartResult
from surrogate.errors import InputError
from tests import batch_toys as toys
from tests.batch_driver import whole

IDENTITY = {"calls": 64, "model": {"name": "toy", "fingerprint": "ab"}, "recipe": "batch"}
RESULTS = [toys.shown(task) for task in toys.tasks(4)]


def files(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def filled(out: Path) -> Path:
    with BatchFolder.begin(out, IDENTITY) as folder:
        for result in RESULTS:
            folder.place(result)
        folder.put("index.json", b"{}")
        folder.finish()
    return out


def code(out: Path, identity: dict = IDENTITY, **options: bool) -> str:
    before = files(out)
    with pytest.raises(InputError) as raised:
        BatchFolder.begin(out, identity, **options)
    assert files(out) == before
    return raised.value.code


def test_a_finished_folder_holds_the_batch_and_nothing_else(tmp_path: Path) -> None:
    out = filled(tmp_path / "out")
    expected = {part_name(result.number): result.parquet for result in RESULTS}
    expected |= {f"reports/{path}": content for result in RESULTS for path, content in result.reports.items()}
    assert files(out) == expected | {"index.json": b"{}", "batch.json": (out / "batch.json").read_bytes()}
    assert json.loads((out / "batch.json").read_bytes()) == IDENTITY
    assert not (out / ".work").exists()


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with BatchFolder.begin(out, IDENTITY) as folder:
        for result in RESULTS:
            folder.place(result)
        inside = list(out.rglob("*"))
        assert out / ".work" / "lock" in inside
        assert {stat.S_IMODE(path.stat().st_mode) for path in inside} == {0o600, 0o700}


def test_the_same_batch_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with BatchFolder.begin(out, IDENTITY) as folder:
        folder.place(RESULTS[1])
        folder.place(RESULTS[3])
    with BatchFolder.begin(out, dict(reversed(IDENTITY.items()))) as folder:
        assert folder.done(whole) == {1, 3}
        assert folder.set_aside == []


def test_damaged_parts_are_done_again(tmp_path: Path) -> None:
    out = filled(tmp_path / "out")
    (out / part_name(1)).write_bytes(b"half")
    (out / "rows" / "part-3.parquet").write_bytes(b"not one of ours")
    with BatchFolder.begin(out, IDENTITY) as folder:
        assert folder.done(whole) == {0, 2, 3}
        assert folder.set_aside == ["part-00001.parquet"]
        # What says "complete" is gone while something is missing.
        assert not (out / "index.json").exists()
        folder.place(RESULTS[1])
        assert folder.done(whole) == {0, 1, 2, 3}


def test_placing_a_part_says_no_longer_complete(tmp_path: Path) -> None:
    out = filled(tmp_path / "out")
    (out / part_name(1)).unlink()
    with BatchFolder.begin(out, IDENTITY) as folder:
        assert folder.done(whole) == {0, 2, 3}
        folder.place(RESULTS[1])
    assert not (out / "index.json").exists()


def test_another_batch_is_told_by_what_differs(tmp_path: Path) -> None:
    out = filled(tmp_path / "out")
    other = {**IDENTITY, "calls": 32, "model": {"name": "toy", "fingerprint": "cd"}, "store": True}
    with pytest.raises(
        InputError, match=r"another calls, model\.fingerprint and store\. .*--out.*--overwrite"
    ) as raised:
        BatchFolder.begin(out, other)
    assert raised.value.code == "other-run"
    assert code(out, other) == "other-run"


def test_numbers_that_are_the_same_when_written_are_the_same(tmp_path: Path) -> None:
    BatchFolder.begin(tmp_path / "out", {"alpha": 1 / 3}).close()
    BatchFolder.begin(tmp_path / "out", {"alpha": 0.33333333331}).close()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"calls": 64}', b"\xff", b'{"calls":64}\n', b'{"calls":NaN}', b"[" * 100_000]
)
def test_a_damaged_description_is_told(content: bytes, tmp_path: Path) -> None:
    out = filled(tmp_path / "out")
    (out / "batch.json").write_bytes(content)
    assert code(out) == "bad-batch"


@pytest.mark.parametrize("same", [True, False])
def test_overwriting_removes_what_a_batch_owns_and_nothing_else(same: bool, tmp_path: Path) -> None:
    out = filled(tmp_path / "out")
    for name in ("notes.txt", "rows/mine.csv", "reports/mine/report.html"):
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_bytes(b"mine")
    for name in ("summary.html", "run.json", "index.parquet"):
        (out / name).write_bytes(b"theirs")
    with BatchFolder.begin(out, IDENTITY if same else {"calls": 32}, overwrite=True) as folder:
        assert folder.done(whole) == set()
        folder.finish()
    assert sorted(files(out)) == ["batch.json", "notes.txt", "reports/mine/report.html", "rows/mine.csv"]


def test_a_batch_that_was_to_be_overwritten_goes_on_whenever_it_was_cut_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = filled(tmp_path / "out")
    with monkeypatch.context() as patch:
        patch.setattr(folder_module, "put_bytes", interrupt)
        with pytest.raises(KeyboardInterrupt):
            BatchFolder.begin(out, {"calls": 32}, overwrite=True)
    assert sorted(files(out)) == ["batch.json"]
    assert code(out, {"calls": 32}) == "other-run"
    with BatchFolder.begin(out, {"calls": 32}, overwrite=True) as folder:
        assert folder.done(whole) == set()


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_overwriting_mends_a_damaged_description(tmp_path: Path) -> None:
    out = filled(tmp_path / "out")
    (out / "batch.json").write_bytes(b"{")
    BatchFolder.begin(out, IDENTITY, overwrite=True).close()
    assert json.loads((out / "batch.json").read_bytes()) == IDENTITY


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_folder_of_something_else_is_left_alone(overwrite: bool, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"mine")
    assert code(tmp_path, overwrite=overwrite) == "output-exists"


def test_a_file_or_a_link_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert code(tmp_path / "file") == "cannot-write"
    out = filled(tmp_path / "out")
    shutil.move(out / "rows", tmp_path / "elsewhere")
    (out / "rows").symlink_to(tmp_path / "elsewhere")
    assert code(out) == "cannot-write"


def test_a_second_driver_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with BatchFolder.begin(out, IDENTITY) as folder:
        with pytest.raises(InputError, match=f"by process {os.getpid()}") as raised:
            BatchFolder.begin(out, IDENTITY)
        assert raised.value.code == "batch-running"
        program = (
            "import sys; from surrogate.corpus.batch.folder.folder import BatchFolder; BatchFolder.claim(sys.argv[1])"
        )
        told = subprocess.run([sys.executable, "-c", program, str(out)], capture_output=True, text=True, check=False)
        assert "batch-running" in told.stderr
        folder.place(RESULTS[0])
    BatchFolder.begin(out, IDENTITY).close()


def test_a_folder_that_could_not_be_claimed_is_free(tmp_path: Path) -> None:
    (tmp_path / "out" / ".work").mkdir(parents=True)
    (tmp_path / "out" / ".work" / "placing").write_bytes(b"")
    with pytest.raises(InputError, match="File exists"):
        BatchFolder.claim(tmp_path / "out")
    (tmp_path / "out" / ".work" / "placing").unlink()
    BatchFolder.claim(tmp_path / "out").close()


def test_a_lock_that_is_a_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "out" / ".work").mkdir(parents=True)
    (tmp_path / "precious").write_bytes(b"mine")
    (tmp_path / "out" / ".work" / "lock").symlink_to(tmp_path / "precious")
    assert code(tmp_path / "out") == "cannot-write"
    assert (tmp_path / "precious").read_bytes() == b"mine"


def test_a_folder_is_changed_only_while_it_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there: list[str] = []
    remove = locking.Lock.remove

    def looked(lock: locking.Lock) -> None:
        there.extend(sorted(os.listdir(tmp_path / "out")))
        remove(lock)

    monkeypatch.setattr(locking.Lock, "remove", looked)
    with BatchFolder.begin(tmp_path / "out", IDENTITY) as folder:
        folder.finish()
    assert there == [".work", "batch.json"]


def test_a_private_folder_that_goes_meanwhile_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "ab":
        (tmp_path / f"{private_folder.PREFIX}{name}").mkdir()
    removed = private_folder._removed

    def with_the_other(folder: Path) -> bool:
        for other in tmp_path.iterdir():
            other.rmdir()
        return removed(folder)

    (tmp_path / f"{private_folder.PREFIX}c" / ".work").mkdir(parents=True)
    assert removed(tmp_path / f"{private_folder.PREFIX}c")
    monkeypatch.setattr(private_folder, "_removed", with_the_other)
    assert private_folder.remove_left(tmp_path) == 1
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("out", ["o" * 300, f"{'o' * 300}/below"])
def test_a_name_that_no_folder_can_have_is_told(out: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be looked into: File name too long\. Name another") as raised:
        check_output(tmp_path / out, tmp_path / "a.csv")
    assert raised.value.code == "cannot-write"


def test_an_input_that_is_a_loop_of_links_lies_in_no_folder(tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to("b.csv")
    (tmp_path / "b.csv").symlink_to("a.csv")
    check_output(tmp_path / "out", tmp_path / "a.csv")
    with pytest.raises(InputError, match="Too many levels"):
        Source.of(tmp_path / "a.csv")
    with pytest.raises(InputError, match="File name too long"):
        Source.of(tmp_path / ("a" * 300))


def test_a_folder_may_be_claimed_before_it_is_known_what_for(tmp_path: Path) -> None:
    with BatchFolder.claim(tmp_path / "out") as folder:
        (folder.work / "spool.sqlite").write_bytes(b"texts")
        assert not (folder.path / "batch.json").exists()
    with BatchFolder.claim(tmp_path / "out") as folder:
        folder.identify(IDENTITY)
        assert (folder.work / "spool.sqlite").read_bytes() == b"texts"
        folder.finish()
    assert sorted(os.listdir(tmp_path / "out")) == ["batch.json"]


def test_left_over_files_go_when_the_next_run_begins(tmp_path: Path) -> None:
    with BatchFolder.begin(tmp_path / "out", IDENTITY) as folder:
        (folder.aside / "tmp123").write_bytes(b"half")
    with BatchFolder.begin(tmp_path / "out", IDENTITY) as folder:
        assert not any(folder.aside.iterdir())


def test_a_report_of_a_run_that_was_cut_short_is_replaced(tmp_path: Path) -> None:
    with BatchFolder.begin(tmp_path / "out", IDENTITY) as folder:
        [name] = {path.split("/")[0] for path in RESULTS[1].reports}
        (folder.path / "reports" / name).mkdir()
        (folder.path / "reports" / name / "old.html").write_bytes(b"")
        folder.place(RESULTS[1])
        assert sorted(os.listdir(folder.path / "reports" / name)) == ["exports", "report.html"]
        assert not any(folder.aside.iterdir())


@pytest.mark.parametrize(
    "path", ["../x", "/etc/x", "0123456789abcdef/../../x", "0123456789abcdef", "0123456789abcdef//x", "notes/x"]
)
def test_a_worker_writes_nowhere_but_into_reports(path: str, tmp_path: Path) -> None:
    with BatchFolder.begin(tmp_path / "out", IDENTITY) as folder:
        with pytest.raises(InputError) as raised:
            folder.place(PartResult(0, b"", Counts(), {path: b""}))
        assert raised.value.code == "bad-batch"


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_full_disk_leaves_the_finished_parts(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with BatchFolder.begin(tmp_path / "out", IDENTITY) as folder:
        folder.place(RESULTS[0])
        before = files(folder.path)
        with monkeypatch.context() as patch:
            patch.setattr(writing.os, step, full)
            for result in RESULTS[1:]:
                with pytest.raises(InputError, match=r"No space left.*same command goes on") as raised:
                    folder.place(result)
                assert raised.value.code == "cannot-write"
        assert files(folder.path) == before
        folder.place(RESULTS[1])
    with BatchFolder.begin(tmp_path / "out", IDENTITY) as folder:
        assert folder.done(whole) == {0, 1}


def test_a_file_that_may_not_grow_leaves_nothing_half_written(tmp_path: Path) -> None:
    """The limit of the system itself, not a stand-in."""
    program = """
import resource, signal, sys
from surrogate.corpus.batch.folder.folder import BatchFolder
from surrogate.corpus.batch.values import Counts, PartResult
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with BatchFolder.begin(sys.argv[1], {}) as folder:
    folder.place(PartResult(0, b"x" * 1000, Counts()))
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    folder.place(PartResult(1, b"x" * 200_000, Counts()))
"""
    out = tmp_path / "out"
    told = subprocess.run([sys.executable, "-c", program, str(out)], capture_output=True, text=True, check=False)
    assert "[cannot-write]" in told.stderr
    assert sorted(files(out)) == ["batch.json", "rows/part-00000.parquet"]


def test_killed_at_any_moment_every_part_is_there_wholly_or_not(tmp_path: Path) -> None:
    """A driver is killed at each of its steps that touch a file; the next one goes on, and the result is the same."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.batch_killed", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    assert int(told.stdout) > 40


def test_another_input_is_told_in_words(tmp_path: Path) -> None:
    BatchFolder.begin(tmp_path / "out", {"input": {"content_sha256": "ab", "n_rows": 2, "id_column": "a"}}).close()
    with pytest.raises(InputError, match=r"another input \(its texts or ids\) and input.id_column\. Name"):
        BatchFolder.begin(tmp_path / "out", {"input": {"content_sha256": "cd", "n_rows": 3, "id_column": "b"}})


def test_names_of_settings_that_came_or_went_are_told() -> None:
    assert identity.differing({"a": None}, {}) == ["a"]
    assert identity.differing({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": 2, "d": 0}}}) == ["a.b.c", "a.b.d"]
