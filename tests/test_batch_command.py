"""The command batch under wrong input, wrong places and kills: plain sentences, the right exit code, nothing left behind."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped,unused-ignore]
import pytest

from surrogate.cli import main
from surrogate.corpus.batch.folder import locking
from surrogate.corpus.batch.folder.private_folder import PREFIX, private_folder, remove_left
from surrogate.corpus.batch.rows.part_files import read_part
from surrogate.corpus.batch.running import read_runs
from tests.batch_kills import files, save_model
from tests.batch_models import messages, write_csv

TEXTS = messages(8)
ROWS = [(f"m{k}", text) for k, text in enumerate(TEXTS)]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("model") / "desks.skops")


class Command:
    """The command, in a folder that must hold nothing in the end that it did not hold and was not asked for."""

    def __init__(self, folder: Path, model: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.model, self.capsys = folder, model, capsys
        self.out = folder / "out"

    def arguments(self, source: Path, *more: str) -> list[str]:
        options = ["--model", str(self.model), "--calls", "16", "--part-texts", "2"]
        return ["batch", str(source), "--out", str(self.out), *options, *more]

    def run(self, source: Path, *more: str) -> tuple[int, str]:
        """Exit code, and what was said on standard error."""
        before = {path.name for path in self.folder.iterdir()}
        code = main(self.arguments(source, "--backend", "none", *more))
        said = self.capsys.readouterr().err
        assert {path.name for path in self.folder.iterdir()} - before <= {"out"}
        assert "Traceback" not in said
        assert not any(text in said for text in TEXTS)
        return code, said

    def rows(self) -> dict[str, dict[str, Any]]:
        found = [row for path in sorted((self.out / "rows").iterdir()) for row in read_part(path)]
        assert len({row["id"] for row in found}) == len(found)
        return {row["id"]: row for row in found}


@pytest.fixture
def command(tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path, model, capsys)


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        (b"", (), "is empty"),
        (b"id,text\n", (), "holds no row"),
        (b"id,words\na,card\n", ("--text", "message"), "no column 'message'; it has 'id', 'words'"),
        (b"id,text\na,card\n", ("--id", "nr"), "no column 'nr'; it has 'id', 'text'"),
        (b"id,text\na,card\na,fee\n", ("--id", "id"), "in rows 1 and 2"),
        (b"id,text\n\xfc,card\n", ("--id", "id"), "not UTF-8"),
        ("id,text\na,card\n".encode("utf-16"), (), "UTF-16"),
        (f"id,text\n{'i' * 1001},card\n".encode(), ("--id", "id"), "1,001 characters"),
    ],
)
def test_an_input_that_cannot_be_used_says_why(
    command: Command, tmp_path: Path, content: bytes, options: tuple[str, ...], words: str
) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(content)
    code, said = command.run(source, *options)
    assert code == 2
    assert words in said
    assert not command.out.exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--workers", "0"), "--workers"),
        (("--workers", "2"), "this one process"),
        (("--backend", "joblib"), "joblib"),
        (("--backend", "dask"), "--address names none"),
        (("--address", "tcp://127.0.0.1:9"), "takes no address"),
        (("--report", "some"), "got 'some'"),
        (("--target", "loans"), "'loans' is not a label"),
    ],
)
def test_options_that_make_no_sense_are_refused_before_anything_is_made(
    command: Command, options: tuple[str, ...], words: str
) -> None:
    code, said = command.run(write_csv(command.folder / "in.csv", ROWS), *options)
    assert code == 2
    assert words in said
    assert not command.out.exists()


def test_a_scheduler_that_is_not_there(command: Command) -> None:
    source = write_csv(command.folder / "in.csv", ROWS)
    code, said = command.run(source, "--id", "id", "--backend", "dask", "--address", "tcp://127.0.0.1:9")
    assert code == 2
    assert "[no-scheduler]" in said
    assert "--backend loky" in said
    assert command.run(source, "--id", "id")[0] == 0
    assert sorted(command.rows()) == [name for name, _ in ROWS]


def test_rows_that_cannot_be_used_stop_nothing(command: Command) -> None:
    source = command.folder / "in.csv"
    lines = [
        b"id,text",
        b"a,I lost my card",
        b"b,f\xfcr",
        "c,die Gebühr fee".encode(),
        b"d,  ",
        b"e," + b"word " * 400_000,
    ]
    source.write_bytes(b"\n".join(lines) + b"\n")
    assert command.run(source, "--id", "id")[0] == 0
    rows = command.rows()
    assert {name: row["error_code"] for name, row in rows.items() if row["error_code"]} == {
        "b": "not-utf8",
        "d": "empty-text",
        "e": "text-too-long",
    }
    assert len(rows) == 5


def test_too_many_rows_that_cannot_be_used(command: Command) -> None:
    source = write_csv(command.folder / "in.csv", [(f"x{k}", " ") for k in range(12)])
    code, said = command.run(source, "--id", "id")
    assert code == 2
    assert "12 empty-text" in said or "11 empty-text" in said
    code, said = command.run(source, "--id", "id", "--max-errors", "12", "-q")
    assert code == 0
    assert "no row could be explained" in said
    assert len(command.rows()) == 12


def test_one_row_and_a_limit(command: Command) -> None:
    source = write_csv(command.folder / "in.csv", ROWS)
    assert command.run(source, "--id", "id", "--limit", "1")[0] == 0
    assert list(command.rows()) == ["m0"]
    code, said = command.run(source, "--id", "id", "--limit", "2")
    assert code == 2
    assert "[other-run]" in said


def test_a_folder_that_cannot_be_the_batchs_is_refused_before_the_input_is_read(command: Command) -> None:
    source = write_csv(command.folder / "in.csv", ROWS)

    def said_of(out: Path, given: Path = source) -> str:
        command.out = out
        code, said = command.run(given, "--id", "id")
        assert code == 2
        assert "Name another folder" in said
        return said

    theirs, link = command.folder / "theirs", command.folder / "link"
    theirs.mkdir()
    (theirs / "notes.txt").write_text("mine", encoding="utf-8")
    link.symlink_to("nowhere")
    assert "holds no batch" in said_of(theirs)
    assert "is a file and no folder" in said_of(source)
    assert "is a file and no folder" in said_of(source / "sub")
    assert "is a link to nothing" in said_of(link)
    inside = write_csv(theirs / "in.csv", ROWS)
    (theirs / "notes.txt").unlink()
    assert "lies in the folder of the batch" in said_of(theirs, inside)
    assert [path.name for path in theirs.iterdir()] == ["in.csv"]
    # Nothing was read: a file that is none is not noticed.
    assert "holds no batch" in said_of(command.folder, Path("nowhere.csv"))


def test_a_file_that_is_no_store_is_left_as_it_is(command: Command) -> None:
    source = write_csv(command.folder / "in.csv", ROWS)
    before = source.read_bytes()
    code, said = command.run(source, "--store", str(source))
    assert code == 2
    assert "[bad-store]" in said
    assert source.read_bytes() == before
    assert not command.out.exists()


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder in which nobody can make one")
def test_a_place_that_cannot_be_written_to(command: Command) -> None:
    command.out = Path("/proc/surrogate")
    code, said = command.run(write_csv(command.folder / "in.csv", ROWS))
    assert code == 2
    assert "[cannot-write]" in said


def test_links_to_an_input_and_to_a_folder_are_followed(command: Command) -> None:
    source = write_csv(command.folder / "in.csv", ROWS[:2])
    (command.folder / "given.csv").symlink_to(source)
    (command.folder / "real").mkdir()
    command.out = command.folder / "linked"
    command.out.symlink_to("real")
    assert command.run(command.folder / "given.csv", "--id", "id")[0] == 0
    assert len(command.rows()) == 2


def test_ids_stay_text(command: Command) -> None:
    names = [
        "=1+1",
        "@cmd",
        "<b>x</b>",
        "</script><script>alert(1)</script>",
        "x\x1b[31m",
        "../../etc",
        "é" * 900,
        "a\nb",
    ]
    source = command.folder / "in.csv"
    with source.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("id", "text"), *zip(names, TEXTS, strict=True)])
    assert command.run(source, "--id", "id", "--report", "sample:2", "--format", "text")[0] == 0
    assert sorted(command.rows()) == sorted(names)
    page = (command.out / "summary.html").read_text(encoding="utf-8")
    assert not any(part in page for part in ("<b>x", "<script>alert", "\x1b"))
    with (command.out / "summary.csv").open(encoding="utf-8", newline="") as stream:
        cells = [cell for line in csv.reader(stream) for cell in line]
    assert not any(cell.startswith(("=", "@")) for cell in cells)
    assert {path.name for path in command.out.iterdir()} <= {
        *("batch.json", "index.json", "index.parquet", "reports", "rows", "run.json"),
        *("manifest.json", "summary.csv", "summary.html", "summary.json"),
    }


def test_ctrl_c_ends_with_130_and_says_how_to_go_on(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from surrogate.corpus.batch import run

    def interrupted(spec: Any, task: Any) -> None:
        raise KeyboardInterrupt

    source = write_csv(command.folder / "in.csv", ROWS)
    with monkeypatch.context() as patch:
        patch.setattr(run, "work", interrupted)
        code, said = command.run(source, "--id", "id")
    assert code == 130
    assert "the same command goes on" in said
    assert read_runs(command.out)[0]["ended"] == "KeyboardInterrupt"
    assert command.run(source, "--id", "id")[0] == 0
    assert len(command.rows()) == len(ROWS)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_driver_that_is_killed_at_ten_moments_is_gone_on_with(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.batch_kills", str(tmp_path), "10"]
    ended = subprocess.run(program, capture_output=True, text=True, env=_environment(), check=False)
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout.split()[-1]) >= 3
    assert "Traceback" not in ended.stderr


def test_a_worker_that_is_killed_costs_nothing_but_time(command: Command) -> None:
    source = write_csv(command.folder / "in.csv", ROWS)
    assert command.run(source, "--id", "id")[0] == 0
    expected = files(command.out)
    command.out = command.folder / "killed"
    arguments = [*command.arguments(source, "--id", "id"), "--backend", "loky", "--workers", "1", "-q"]
    driver = subprocess.Popen(
        [sys.executable, "-m", "surrogate", *arguments], stderr=subprocess.PIPE, text=True, env=_environment()
    )
    worker = None
    while worker is None and driver.poll() is None:
        children = psutil.Process(driver.pid).children()
        worker = next((each for each in children if "popen_loky" in " ".join(each.cmdline())), None)
        time.sleep(0.02)
    assert worker is not None
    worker.send_signal(signal.SIGKILL)
    said = driver.communicate()[1]
    assert driver.returncode == 0, said
    assert "Traceback" not in said
    assert files(command.out) == expected


def test_texts_that_a_killed_run_left_are_removed_and_those_of_a_living_one_are_not(command: Command) -> None:
    left, alive, theirs = (command.folder / f"{PREFIX}{name}" for name in ("left", "alive", "theirs"))
    for folder in (left, alive):
        (folder / ".work").mkdir(parents=True)
        (folder / ".work" / "spool.sqlite").write_bytes(b"texts")
    (left / ".work" / locking.NAME).write_text("1")
    half = command.out / ".surrogate-12345678"
    command.out.mkdir()
    half.write_bytes(b"half")
    (command.out / "batch.json").write_bytes(b"{}")
    theirs.mkdir()
    (theirs / "notes.txt").write_text("mine", encoding="utf-8")
    target = command.folder / "target"
    shutil.copytree(left, target)
    (command.folder / f"{PREFIX}link").symlink_to(target)
    lock = locking.take(alive)
    assert command.run(write_csv(command.folder / "in.csv", ROWS[:1]), "--overwrite")[0] == 0
    assert not left.exists()
    assert not half.exists()
    assert (alive / ".work" / "spool.sqlite").exists()
    assert (theirs / "notes.txt").exists()
    assert (target / ".work" / "spool.sqlite").exists()
    lock.release()
    assert remove_left(command.folder) == 1
    with private_folder(command.folder) as folder:
        assert remove_left(command.folder) == 0
        assert folder.stat().st_mode & 0o077 == 0


def _environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
