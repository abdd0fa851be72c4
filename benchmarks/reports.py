"""What reports weigh, how long their renderings and their verification take, and whether they are the same bytes elsewhere.

Run ``python -m benchmarks.reports --data FOLDER`` from the root of the repository; FOLDER holds ``banking77/train.csv``.
Prints a Markdown table and writes ``benchmarks/results/reports.md``.  The model is bank-router.  Every time is that of a process
of its own, imports included, as somebody in a terminal would wait: the least of three.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
MESSAGE = "I lost my card yesterday, please freeze it."
FORMATS = ("html", "pdf", "docx", "xlsx", "md")
#: The targets, in bytes and seconds.
HTML_BYTES, PDF_S, VERIFY_S = 500_000, 2.0, {"local": 3.0, "global": 30.0}


def run(command: Sequence[str], repeats: int = 3, **environment: str) -> float:
    """Least seconds of a command."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", *command], check=True, capture_output=True, env={**os.environ, **environment}
        )
        taken.append(time.perf_counter() - start)
    return min(taken)


def reports(data: Path, folder: Path, n_documents: Sequence[int]) -> dict[str, Path]:
    """Reports of a message, of a letter and of corpora, by what they are called."""
    asked = {"message": ["explain", MESSAGE], "letter of 88 words": ["explain", " ".join([MESSAGE] * 11)]}
    train = str(data / "banking77" / "train.csv")
    asked |= {f"{n:,} documents": ["audit", train, "--limit", str(n)] for n in n_documents}
    made = {}
    for number, (name, command) in enumerate(asked.items()):
        made[name] = folder / str(number)
        run(["surrogate", *command, "-q", "-o", str(made[name])], repeats=1)
    return made


def sizes(report: Path) -> dict[str, int]:
    """Bytes of each file."""
    return {path.name: path.stat().st_size for path in report.iterdir() if path.is_file()}


def rendering(report: Path, name: str, folder: Path) -> float:
    """Seconds of one rendering."""
    return run(["surrogate", "report", str(report), "--to", name, "-o", str(folder), "--overwrite"])


def same_elsewhere(report: Path, folder: Path) -> dict[str, bool]:
    """Whether each rendering has the same bytes in a process with another locale, time zone and hash seed."""
    outs = [folder / "here", folder / "elsewhere"]
    places = [{}, {"LC_ALL": "C", "LANG": "C", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7"}]
    for out, place in zip(outs, places, strict=True):
        run(["surrogate", "report", str(report), "--to", ",".join(FORMATS), "-o", str(out)], repeats=1, **place)
    names = [path.name for path in sorted(outs[0].iterdir())]
    return {name: (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes() for name in names}


def verifying(report: Path, verifier: Path) -> tuple[float, float]:
    """Seconds of the single-file verifier, and of the whole package, which makes the report again."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-I", str(verifier), str(report)], check=True, capture_output=True)
    alone = time.perf_counter() - start
    return alone, run(["surrogate", "verify", str(report)])


def table(made: dict[str, Path], folder: Path) -> list[str]:
    """The lines of the table."""
    verifier = folder / "verify_report.py"
    run(["surrogate", "verifier", "-o", str(verifier)], repeats=1)
    heads = [
        "report",
        "record",
        "evidence",
        "HTML",
        "HTML s",
        "PDF s",
        "DOCX s",
        "XLSX s",
        "verifier alone s",
        "verify, rebuilt s",
    ]
    lines = [f"| {' | '.join(heads)} | same bytes elsewhere |", f"|---|{'---:|' * (len(heads) - 1)}---|"]
    for number, (name, report) in enumerate(made.items()):
        known, target = sizes(report), folder / f"again-{number}"
        weights = [f"{known[file] / 1000:,.0f} kB" for file in ("report.json", "evidence.json.gz", "report.html")]
        times = [rendering(report, form, target) for form in ("html", "pdf", "docx", "xlsx")]
        times += verifying(report, verifier)
        same = same_elsewhere(report, folder / f"same-{number}")
        told = "all" if all(same.values()) else ", ".join(file for file, one in same.items() if one) or "none"
        lines.append(f"| {name} | {' | '.join(weights)} | {' | '.join(f'{one:.1f}' for one in times)} | {told} |")
    return lines


def main(arguments: list[str] | None = None) -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--documents", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = table(reports(given.data, folder, given.documents), folder)
    lines = [
        "# Reports: weight, time, sameness",
        "",
        f"Targets: page of one text at most {HTML_BYTES / 1000:.0f} kB; PDF at most {PDF_S:.0f} s; verified within "
        f"{VERIFY_S['local']:.0f} s (one text) and {VERIFY_S['global']:.0f} s (a corpus). Seconds of whole processes, imports "
        "included.",
        "",
        *lines,
        "",
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}. Elsewhere: another process with "
        "`LC_ALL=C`, another time zone and another hash seed.",
        "Written by `python -m benchmarks.reports`.",
    ]
    print("\n".join(lines))
    (given.out / "reports.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
