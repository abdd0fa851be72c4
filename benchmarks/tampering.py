"""Tampering: a thousand single bytes and every deliberate edit of reports, and what finds them.

Run ``python -m benchmarks.tampering`` from the root of the repository; it writes ``benchmarks/results/tampering.md``.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from benchmarks.forgeries import FORGERIES, Forgery, forge
from benchmarks.report_folders import Signer
from surrogate.verifying.problems import UnreadableError
from surrogate.verifying.rebuilt import rebuild_report
from surrogate.verifying.signatures import TrustedKey, read_trust
from surrogate.verifying.verdicts import verify_folder

__all__ = ["change_byte", "main"]

_TODAY = date(2026, 4, 1)
_N_BYTES = 1000
_RESULTS = Path(__file__).parent / "results" / "tampering.md"

_HOW = {
    "numbers": "integrity, or the numbers of the evidence: the single file finds them",
    "rebuilding": "making the report again: the full package finds them",
    "signature": "nothing but the signature",
}


def change_byte(folder: Path, generator: random.Random) -> str:
    """Change one byte of a report, every file and within it every byte alike; returns the name of the file."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    name = generator.choice(names)
    content = bytearray((folder / name).read_bytes())
    content[generator.randrange(len(content))] ^= generator.randrange(1, 256)
    (folder / name).write_bytes(content)
    return name


def main() -> int:
    """Write the table; 1 where something was not found."""
    from tests.verifying_toys import AUTHOR, STRANGER, global_report, local_report

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = {"local": local_report(folder / "local"), "global": global_report(folder / "global")}
        trust = read_trust(json.dumps([AUTHOR.key]).encode(), "trust.json")
        seconds = {kind: _seconds(report, trust) for kind, report in made.items()}
        found = _bytes(made, folder / "bytes", trust)
        rows = [
            _forged(made, folder / f"forged-{number}", one, STRANGER, trust) for number, one in enumerate(FORGERIES)
        ]
    _RESULTS.write_text(_page(found, rows, seconds), encoding="utf-8")
    return 0 if found["missed"] == 0 and all(row[2] and row[3] for row in rows) else 1


def _seconds(report: Path, trust: tuple[TrustedKey, ...]) -> tuple[float, float]:
    start = time.perf_counter()
    said = verify_folder(report, trust, _TODAY)
    looked = time.perf_counter()
    if rebuild_report(said).status != "same bytes":
        raise ValueError("A report that nobody touched is not rebuilt.")
    return looked - start, time.perf_counter() - looked


def _bytes(made: dict[str, Path], target: Path, trust: tuple[TrustedKey, ...]) -> Counter[str]:
    generator, found = random.Random(20260301), Counter[str]()
    for number in range(_N_BYTES):
        kind = ("local", "global")[number % 2]
        shutil.copytree(made[kind], target)
        name = change_byte(target, generator)
        try:
            told = {file for problem in verify_folder(target, trust, _TODAY).problems for file in problem.files}
        except UnreadableError as error:
            told = {error.file}
        found["named" if name in told else "missed"] += 1
        found[f"in {'signatures/' if name.startswith('signatures/') else name}"] += 1
        shutil.rmtree(target)
    return found


def _forged(
    made: dict[str, Path], target: Path, forgery: Forgery, stranger: Signer, trust: tuple[TrustedKey, ...]
) -> tuple[str, str, bool, bool]:
    """Name, what finds it, whether that is what should, and whether it fails under trust."""
    forge(made[forgery.kind], target, forgery, stranger)
    said = verify_folder(target, None, _TODAY)
    how = "numbers"
    if not said.problems:
        how = "rebuilding" if said.with_rebuilt(rebuild_report(said)).problems else "signature"
    trusted = verify_folder(target, trust, _TODAY).exit_code == 1
    return f"{forgery.kind}: {forgery.name}", how, how == forgery.seen_by, trusted


def _page(found: Counter[str], rows: list[tuple[str, str, bool, bool]], seconds: dict[str, tuple[float, float]]) -> str:
    files = [(name.removeprefix("in "), n) for name, n in sorted(found.items()) if name.startswith("in ")]
    counts = Counter(how for _, how, _, _ in rows)
    lines = [
        "# Tampering with reports",
        "",
        "Made by `python -m benchmarks.tampering`: a report of one text and one of a corpus of 280, both of toy models, with",
        "page, evidence, manifest and an author's signature, checked by `surrogate verify --trust`.",
        "",
        f"## {_N_BYTES:,} single bytes",
        "",
        f"One byte of one file changed, all files alike: {found['named']:,} of {_N_BYTES:,} found with the file named, "
        f"{found['missed']} missed.",
        "",
        *_table(("file", "changes"), ((name, str(n)) for name, n in files)),
        "",
        f"## {len(rows)} deliberate edits, all digests redone, signed again by a stranger",
        "",
        f"Under `--trust` {sum(trusted for *_, trusted in rows)} of {len(rows)} fail. Without it:",
        "",
        *(f"* {counts[how]}: found by {words}." for how, words in _HOW.items()),
        "",
        *_table(
            ("edit", "fails without --trust by", "fails with --trust"),
            ((name, how if how != "signature" else "–", "yes" if trusted else "NO") for name, how, _, trusted in rows),
        ),
        "",
        "## Seconds",
        "",
        *_table(
            ("report", "integrity and numbers (standard library)", "rebuilding"),
            ((kind, f"{looked:.2f}", f"{again:.2f}") for kind, (looked, again) in seconds.items()),
        ),
        "",
    ]
    return "\n".join(lines)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, tuple("---" for _ in head), *rows)]


if __name__ == "__main__":
    sys.exit(main())
