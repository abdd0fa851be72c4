"""The limits that a plan is compared with: budgets of an endpoint, time, disk, memory, errors; and the folder of another run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surrogate.corpus.batch.error_budget import default_max_errors
from surrogate.corpus.batch.folder.identity import differing
from surrogate.corpus.batch.folder.output_place import check_is_ours
from surrogate.corpus.batch.plan.estimating import Estimate
from surrogate.corpus.batch.plan.limits import Limit
from surrogate.corpus.batch.plan.planned_calls import PlannedCalls
from surrogate.corpus.batch.plan.spending import Spending
from surrogate.corpus.batch.plan.storage import Storage, free_bytes, same_disk, total_memory
from surrogate.corpus.batch.plan.timing import Timing
from surrogate.corpus.batch.rows.index import BATCH
from surrogate.errors import InputError

__all__ = ["Machine", "error_limit", "machine_limits", "other_run", "spending_limits"]


@dataclass(frozen=True)
class Machine:
    """Where a batch would run and write.

    Parameters
    ----------
    out : Path
        The output folder, there or not yet.
    store : Path or None
        File of the answer store; None: none is kept.
    workers_here : bool
        Whether the workers run on this machine, and so share its memory.

    Examples
    --------
    >>> Machine(Path("explained")).workers_here
    True
    """

    out: Path
    store: Path | None = None
    workers_here: bool = True


def spending_limits(box: Any, spending: Spending | None) -> list[Limit]:
    """The budgets that the settings of an endpoint state, each compared with the whole plan."""
    if spending is None:
        return []
    manners, cure = box.access.manners, "Raise it in [manners], explain fewer texts, or give fewer --calls."
    stated = [
        ("requests", "count", manners.max_calls, spending.requests),
        ("tokens", "count", manners.max_tokens, spending.tokens),
        ("money", "money", manners.max_cost, spending.cost),
    ]
    return [
        Limit(f"the budget of {name}", unit, has, wanted, cure=cure)
        for name, unit, has, wanted in stated
        if has is not None and wanted is not None
    ]


def machine_limits(
    machine: Machine | None, storage: Storage, timing: Timing, worker_bytes: Estimate | None, workers: int, hours: float
) -> list[Limit]:
    """Time, disk and memory."""
    limits = []
    if timing.seconds is not None:
        cure = "Take more workers or machines; a batch that is stopped goes on where it was."
        limits.append(Limit("the time allowed", "seconds", hours * 3600, timing.seconds, cure=cure))
    if machine is None:
        return limits
    limits += _disks(machine, storage)
    memory = total_memory()
    if machine.workers_here and worker_bytes is not None and memory is not None:
        cure = "Take fewer workers."
        limits.append(
            Limit("the memory of this machine", "bytes", memory, worker_bytes.times(workers), at_once=True, cure=cure)
        )
    return limits


def _disks(machine: Machine, storage: Storage) -> list[Limit]:
    out, folder, answers = machine.out, storage.folder, storage.answers
    cure = "Name another disk with --out, or choose fewer full reports."
    stored = "Keep no answers with --no-store: rows that are there are not asked again anyhow."
    if machine.store is None or not answers.high:
        return [Limit("free space for the output folder", "bytes", free_bytes(out), folder, cure=cure)]
    if same_disk(out, machine.store):
        both = folder.plus(answers)
        cure = stored if answers.expected > folder.expected else cure
        return [Limit("free space for output folder and answer store", "bytes", free_bytes(out), both, cure=cure)]
    return [
        Limit("free space for the output folder", "bytes", free_bytes(out), folder, cure=cure),
        Limit("free space for the answer store", "bytes", free_bytes(machine.store), answers, cure=stored),
    ]


def error_limit(asking: PlannedCalls, max_errors: int | None, n_rows: int) -> Limit:
    """Rows that may be errors; what a sample without errors cannot rule out is no reason to expect them."""
    errors = asking.errors if asking.error_codes else Estimate.exactly(asking.errors.expected)
    has = default_max_errors(n_rows) if max_errors is None else max_errors
    cure = "Correct the input, or allow more with --max-errors."
    return Limit("the number of errors allowed", "count", has, errors, cure=cure)


def other_run(machine: Machine | None, identity: Mapping[str, Any] | None) -> str:
    """Why a batch cannot be written into its folder; empty where nothing is in the way.

    Parameters
    ----------
    machine : Machine or None
    identity : mapping or None
        What ``batch.json`` would hold.

    Examples
    --------
    >>> other_run(Machine(Path("not-there-yet")), {"schema": "1"})
    ''
    """
    if machine is None or not machine.out.exists():
        return ""
    file = machine.out / BATCH
    if not file.exists():
        return _occupied(machine.out)
    if identity is None:
        return ""
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return f"{machine.out.name}/{BATCH} cannot be read: name another folder with --out."
    differs = differing(found if isinstance(found, dict) else {}, identity)
    if not differs:
        return ""
    return (
        f"The output folder {machine.out.name} belongs to another run, which differs in {', '.join(differs)}: name another "
        "folder with --out, or replace it with --overwrite."
    )


def _occupied(out: Path) -> str:
    try:
        check_is_ours(out)
    except InputError as error:
        return error.message
    return ""
