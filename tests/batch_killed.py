"""A driver killed at every step that touches a file, as a program: ``python -m tests.batch_killed FOLDER``."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

from surrogate.corpus.batch.folder.folder import BatchFolder
from tests import batch_toys as toys
from tests.batch_driver import whole

RESULTS = {task.number: toys.shown(task) for task in toys.tasks(3)}
STEPS = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "os.chmod", "os.scandir")


def drive(out: Path) -> None:
    with BatchFolder.begin(out, {"calls": 64}) as folder:
        done = folder.done(whole)
        for number in RESULTS.keys() - done:
            folder.place(RESULTS[number])
        folder.put("index.json", b"{}")
        folder.finish()


def killed_at(out: Path, step: int) -> bool:
    """Whether the driver was killed before it came to its end."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    left = step
    write = os.write

    def count() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    def kill(event: str, arguments: tuple[object, ...]) -> None:
        if event in STEPS and count():
            os.kill(os.getpid(), signal.SIGKILL)

    def half(handle: int, content: bytes) -> int:
        if count():
            write(handle, content[: len(content) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        return write(handle, content)

    os.write = half  # type: ignore[assignment]
    sys.addaudithook(kill)
    drive(out)
    os._exit(0)


def files(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def check_is_whole(out: Path) -> None:
    """What is under its own name is all there."""
    for path in out.glob("rows/*"):
        if not whole(path, int(path.stem.removeprefix("part-"))):
            raise SystemExit(f"{path} is half written")
    for path in out.glob("reports/*"):
        if sorted(one.name for one in path.rglob("*")) != ["exports", "report.html", "rules.sql"]:
            raise SystemExit(f"{path} is half written")


def main(folder: Path) -> None:
    drive(folder / "whole")
    expected = files(folder / "whole")
    out, step = folder / "out", 0
    while killed_at(out, step):
        check_is_whole(out)
        drive(out)
        if files(out) != expected:
            raise SystemExit(f"Another result after a kill at step {step}")
        shutil.rmtree(out)
        step += 1
    sys.stdout.write(f"{step}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
