"""The full reports of a batch, each verified as a report by itself is, and what that gives together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Set
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from surrogate.verifying.comparison import Recomputed
from surrogate.verifying.problems import Problem, UnreadableError
from surrogate.verifying.verdicts import Rebuilding, Recomputing, Verification, verify_folder

__all__ = ["VerifiedReports", "verify_reports"]


@dataclass
class VerifiedReports:
    """What verifying the full reports of a batch showed.

    Attributes
    ----------
    n_reports : int
        How many were verified.
    failed : list of str
        Folders of those that are not as they must be.
    problems : list of Problem
        With their files, not with their numbers.

    Examples
    --------
    >>> VerifiedReports().recomputed.status
    'not attempted'
    """

    n_reports: int = 0
    failed: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    differences: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    n_same: int = 0
    n_texts: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    rebuildings: Counter[str] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)

    @property
    def recomputed(self) -> Recomputing:
        """The second verdict, for all of them."""
        if not self.n_reports:
            return Recomputing(
                "not attempted", "there are no full reports with evidence; every row was compared with its digest"
            )
        found = Recomputed(
            self.n_same, tuple(self.differences), dict(self.left.most_common()), tuple(self.unknown), self.n_texts
        )
        if self.differences:
            return Recomputing("differs", "", found)
        reasons = "; ".join(f"{reason} ({n} full reports)" for reason, n in self.skipped.most_common())
        return Recomputing("same" if self.n_same else "not attempted", reasons, found)

    @property
    def rebuilt(self) -> Rebuilding:
        """The third verdict, for all of them."""
        if self.differing:
            return Rebuilding("differs", "made again, they are not the same.", tuple(self.differing))
        if set(self.rebuildings) == {"same bytes"}:
            return Rebuilding("same bytes", f"{self.n_reports:,} full reports")
        told = "; ".join(f"{reason} ({n} full reports)" for reason, n in self.rebuildings.most_common())
        return Rebuilding("not attempted", told or "full reports are made again with --rebuild")

    def add(self, name: str, said: Verification, known: Set[str]) -> None:
        """Take a report in.

        Parameters
        ----------
        name : str
            Its folder.
        said : Verification
        known : set of str
            Files that are known to be wrong, of which nothing is told twice.
        """
        self.n_reports += 1
        below = [_below(name, problem) for problem in said.integrity.problems]
        new = [problem for problem in below if not known & set(problem.files)]
        self.problems += new
        found = said.recomputed.found
        if found is None:
            self.skipped[said.recomputed.reason] += 1
        else:
            self.n_same += found.n_same
            self.n_texts += found.n_texts
            self.left.update(found.left)
            self.unknown += [f"{name}/report.json#{pointer}" for pointer in found.unknown]
            self.differences += [_below(name, problem) for problem in found.differences]
        if said.rebuilt.status == "differs":
            self.differing += [f"{name}/{file}" for file in said.rebuilt.files]
        if said.problems:
            self.failed.append(name)


def verify_reports(
    folder: Path,
    today: date,
    known: Set[str] = frozenset(),
    *,
    rebuild: bool = False,
    watch: Callable[[int, int], None] | None = None,
) -> VerifiedReports:
    """Verify every full report of a batch: integrity and numbers, and on request whether it is rebuilt.

    Signatures of single reports are compared with what lies there; whose they are is not asked.

    Parameters
    ----------
    folder : Path
        Of the batch.
    today : date
    known : set of str
        Files below it that are known to be wrong, of which nothing is told twice.
    rebuild : bool
    watch : callable (done, total) -> None, optional
        Told of each report.

    Examples
    --------
    >>> verify_reports(Path("nowhere"), date(2026, 5, 1)).n_reports
    0
    """
    place, found = folder / "reports", VerifiedReports()
    names = (
        sorted(path.name for path in place.iterdir() if path.is_dir() and not path.is_symlink())
        if place.is_dir()
        else []
    )
    for done, name in enumerate(f"reports/{one}" for one in names):
        if watch is not None:
            watch(done, len(names))
        try:
            said = verify_folder(folder / name, None, today)
        except UnreadableError as error:
            found.n_reports += 1
            found.failed.append(name)
            if f"{name}/{error.file}" not in known:
                found.problems.append(Problem((f"{name}/{error.file}",), error.message))
            continue
        found.add(name, _with_rebuilt(said, found) if rebuild else said, known)
    return found


def _with_rebuilt(said: Verification, found: VerifiedReports) -> Verification:
    from surrogate.verifying.rebuilt import rebuild_report

    rebuilt = rebuild_report(said)
    found.rebuildings[rebuilt.status if rebuilt.status == "same bytes" else rebuilt.reason] += 1
    return said.with_rebuilt(rebuilt)


def _below(name: str, problem: Problem) -> Problem:
    return replace(problem, files=tuple(f"{name}/{file}" for file in problem.files))
