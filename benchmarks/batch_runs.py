"""Runs of ``surrogate batch`` as a process of its own, and what they wrote."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

Row = tuple[str, str]


def messages(data: Path, n: int) -> list[Row]:
    """Distinct messages of the bank with an id each, chosen by their content."""
    texts: set[str] = set()
    for name in ("test.csv", "train.csv"):
        with (data / "banking77" / name).open(encoding="utf-8", newline="") as stream:
            texts |= {row["text"] for row in csv.DictReader(stream)}
    chosen = sorted(texts, key=lambda text: hashlib.sha256(text.encode("utf-8")).digest())[:n]
    return [(f"m{number:05d}", text) for number, text in enumerate(chosen)]


def write_rows(path: Path, rows: Sequence[Row]) -> Path:
    """A CSV file with ids and texts."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("id", "text"), *rows])
    return path


@dataclass(frozen=True)
class Ran:
    """A run that ended.

    Parameters
    ----------
    out : Path
    seconds : float
        Of the whole process, imports and loading of the model included.
    code : int
        Its exit code.
    """

    out: Path
    seconds: float
    code: int

    @property
    def counts(self) -> dict[str, int]:
        """Of all runs in the folder, added up."""
        runs = json.loads((self.out / "run.json").read_text(encoding="utf-8"))
        return {name: sum(run["counts"][name] for run in runs) for name in runs[0]["counts"]}


def command(source: Path, out: Path, *options: str) -> list[str]:
    """The command line of a batch."""
    return [sys.executable, "-m", "surrogate", "batch", str(source), "--out", str(out), "--id", "id", "-q", *options]


def run(source: Path, out: Path, *options: str) -> Ran:
    """Run a batch to its end."""
    start = time.perf_counter()
    done = subprocess.run(command(source, out, *options), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the batch ended with {done.returncode}: {done.stderr[-2000:]}")
    return Ran(out, time.perf_counter() - start, done.returncode)


def rows_of(out: Path) -> Iterator[dict[str, Any]]:
    """Every row of a batch."""
    from surrogate.corpus.batch.rows.part_files import read_part

    for path in sorted((out / "rows").glob("*.parquet")):
        yield from read_part(path)


def fingerprint(out: Path) -> str:
    """SHA-256 over the names and bytes of all that a batch says; not of run.json, which says when and where."""
    whole = hashlib.sha256()
    for path in sorted(out.rglob("*")):
        if path.is_file() and path.name != "run.json":
            whole.update(f"{path.relative_to(out)}\n".encode())
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


@dataclass(frozen=True)
class Killed:
    """A run of which a process was killed.

    Parameters
    ----------
    after : float
        Seconds from its start; from its first worker, where a worker was to be killed.
    hit : bool
        Whether there was a process to kill: the run had not ended, nor all of its workers.
    code : int
        Exit code of the driver: -9 where it was killed itself.
    """

    after: float
    hit: bool
    code: int


def killed(source: Path, out: Path, whom: str, after: float, chance: Random, *options: str) -> Killed:
    """Begin a batch, kill its driver or one of its workers after some seconds, and wait for what is left of it to end."""
    process = subprocess.Popen(
        command(source, out, *options), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    while whom == "worker" and process.poll() is None and not worker_processes(process.pid):
        time.sleep(0.05)
    time.sleep(after)
    victims = [process.pid] if whom == "driver" else worker_processes(process.pid)
    hit = process.poll() is None and bool(victims)
    if hit:
        os.kill(chance.choice(sorted(victims)), signal.SIGKILL)
    return Killed(after, hit, process.wait())


def worker_processes(driver: int) -> list[int]:
    """Processes of loky that a driver started."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            called = (entry / "cmdline").read_bytes()
        except (OSError, IndexError):
            continue
        if parent == driver and b"popen_loky" in called:
            found.append(int(entry.name))
    return found
