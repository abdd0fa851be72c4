"""The command killed with SIGKILL at random moments, as a program: ``python -m tests.batch_kills FOLDER N``."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

from surrogate.cli import main
from tests.batch_models import messages, write_csv


def save_model(path: Path) -> Path:
    """A scikit-learn pipeline as a file: a model that the command line can name, and that needs no torch."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from surrogate.blackbox.saved import saved_bytes

    texts = messages(64)
    fitted = make_pipeline(CountVectorizer(), LogisticRegression()).fit(
        texts, ["cards" if "card" in text else "fees" for text in texts]
    )
    path.write_bytes(saved_bytes(fitted))
    return path


def files(out: Path) -> dict[str, bytes]:
    """All that a batch says; ``run.json`` is of the run."""
    found = {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
    found.pop("run.json", None)
    return found


def started(arguments: list[str]) -> int:
    child = os.fork()
    if not child:
        os.setsid()
        os._exit(main(arguments))
    return child


def ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run(folder: Path, n: int) -> None:
    model = save_model(folder / "desks.skops")
    rows = [(f"m{k}", text) for k, text in enumerate(messages(16))]
    source = write_csv(folder / "in.csv", rows)
    place = folder / "outs"
    place.mkdir()

    def command(name: str) -> list[str]:
        options = ["--id", "id", "--model", str(model), "--part-texts", "4", "--calls", "16", "--backend", "none", "-q"]
        return ["batch", str(source), "--out", str(place / name), *options]

    # In this process, so that those that are forked from it have imported everything and are killed while they work.
    if main(command("whole")):
        raise SystemExit("the batch did not come to its end")
    begun = time.perf_counter()
    if ended(started(command("again"))) or files(place / "again") != files(place / "whole"):
        raise SystemExit("the batch is not the same again")
    seconds = time.perf_counter() - begun
    chance = random.Random(7)
    killed = 0
    for number in range(n):
        child = started(command(str(number)))
        time.sleep(seconds * (number + chance.random()) / n)
        os.kill(child, signal.SIGKILL)
        killed += ended(child) == -signal.SIGKILL
        if ended(started(command(str(number)))):
            raise SystemExit(f"the batch did not go on after kill {number}")
        if files(place / str(number)) != files(place / "whole"):
            raise SystemExit(f"other bytes after kill {number}")
    if {path.name for path in place.iterdir()} != {"whole", "again", *map(str, range(n))}:
        raise SystemExit("something was left behind")
    sys.stdout.write(f"killed {killed}\n")


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]))
