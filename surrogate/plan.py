"""Plan: what a number of calls is spent on; the number is a hard total."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from surrogate.confirm import CONFIRM
from surrogate.errors import InputError
from surrogate.fit import Panel
from surrogate.neighborhood import ROLES, Neighborhood
from surrogate.noise import n_repeated_calls
from surrogate.perturb import MIN_SAMPLES

__all__ = [
    "Calls",
    "check_calls",
    "confirm_of",
    "confirm_share",
    "count_calls",
    "members_of",
    "most_texts",
    "sample_size",
    "set_plan",
]

Calls = int | str | Mapping[str, int] | None

#: Role of the rows by which the units of a long text were found.
REFINE = "refine"

#: So many calls go to the sample first; of the others a third may be kept back.
_SAMPLE_FIRST = 64


def members_of(surrogate: Any) -> dict[str, Any]:
    """The surrogates of the last step by name, unfitted; the name of a single one is "surrogate"."""
    return dict(surrogate.members) if isinstance(surrogate, Panel) else {"surrogate": surrogate}


def confirm_wanted(pipe: Pipeline) -> int:
    """Calls that the members of a pipeline may at most spend on confirming rules and anchors."""
    members = members_of(pipe.named_steps["surrogate"]).values()
    return sum(int(getattr(member, "n_confirm", 0)) for member in members)


def confirm_share(pipe: Pipeline, total: int) -> int:
    """Calls of a given total kept back for confirmation: what the members ask for, at most a third beyond the first 64.

    Examples
    --------
    >>> from surrogate import load
    >>> confirm_share(load("local"), 64), confirm_share(load("local"), 256)
    (0, 64)
    """
    return max(0, min(confirm_wanted(pipe), (total - _SAMPLE_FIRST) // 3))


def confirm_of(n_confirm: int, estimator: Any, members: Iterable[Any]) -> int:
    """One member's share of the calls kept back for confirmation, by what each asks for."""
    wanted = [int(getattr(member, "n_confirm", 0)) for member in members]
    return n_confirm * int(getattr(estimator, "n_confirm", 0)) // max(sum(wanted), 1)


def sample_size(pipe: Pipeline, total: int, n_units: int) -> int:
    """``perturb__n_samples`` for a total number of calls: what confirmation and repeats leave of it.

    Parameters
    ----------
    pipe : Pipeline
    total : int
    n_units : int
        Of the text; where all its copies fit into the total, nothing is kept back.
    """
    if n_units < 24 and 2**n_units <= total:
        return total
    repeats = n_repeated_calls(pipe.named_steps["query"].black_box)
    return max(MIN_SAMPLES, total - confirm_share(pipe, total) - repeats)


def check_calls(calls: Calls) -> None:
    """Refuse what is no number of calls.

    Raises
    ------
    InputError
        ``bad-calls``.

    Examples
    --------
    >>> check_calls("auto")
    >>> check_calls({"fit": 64, "select": 16, "test": 128})
    """
    if calls is None or calls == "auto":
        return
    if isinstance(calls, Mapping):
        _check_roles(calls)
    elif isinstance(calls, bool) or not isinstance(calls, int | np.integer) or calls < MIN_SAMPLES:
        raise InputError(
            "bad-calls",
            f"calls must be 'auto', a whole number of at least {MIN_SAMPLES}, or a plan by role; got {calls!r}.",
        )


def _check_roles(calls: Mapping[str, int]) -> None:
    if set(calls) != set(ROLES):
        raise InputError("bad-calls", f"A plan names fit, select and test, each once; got {sorted(calls)}.")
    for role in ROLES:
        number = calls[role]
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < 2 or number % 2:
            raise InputError(
                "bad-calls",
                f"A plan's numbers must be even and at least 2, since copies are drawn in pairs; {role} is {number!r}.",
            )
    total = sum(int(calls[role]) for role in ROLES)
    if total < MIN_SAMPLES:
        raise InputError("bad-calls", f"A plan needs at least {MIN_SAMPLES} calls in all; this one has {total}.")


def most_texts(pipe: Pipeline, calls: Calls, budget: int) -> int:
    """The most distinct texts that an explanation asks about.

    Parameters
    ----------
    pipe : Pipeline
    calls : "auto", int, dict or None
    budget : int
        That of "auto".

    Examples
    --------
    >>> from surrogate import load
    >>> most_texts(load("local"), "auto", 1024), most_texts(load("local"), {"fit": 8, "select": 4, "test": 8}, 1024)
    (1024, 26)
    """
    if calls == "auto":
        return budget
    if isinstance(calls, Mapping):
        total = sum(int(number) for number in calls.values())
        return total + total // 3  # finding the units of a long text comes on top of a plan
    if calls is not None:
        return int(calls)
    n_samples = int(pipe.named_steps["perturb"].n_samples)
    return n_samples + confirm_share(pipe, n_samples)


def set_plan(pipe: Pipeline, calls: int | Mapping[str, int] | None, n_units: int) -> int:
    """Set the pipeline's sample to a number of calls or a plan; returns the calls that are left for confirmation.

    None: the pipeline's own number, and what it keeps back beside it.
    """
    if calls is None:
        return confirm_share(pipe, int(pipe.named_steps["perturb"].n_samples))
    if isinstance(calls, Mapping):
        shares = tuple(int(calls[role]) // 2 for role in ROLES)
        pipe.set_params(perturb__n_samples=2 * sum(shares), perturb__split=shares, perturb__max_test=None)
        return 0
    n_samples = sample_size(pipe, int(calls), n_units)
    pipe.set_params(perturb__n_samples=n_samples)
    return min(int(calls) - n_samples, confirm_share(pipe, int(calls)))


def count_calls(whole: Neighborhood, n_repeats: int = 0) -> dict[str, int]:
    """Distinct texts by role, and in all; the original is counted for itself, and so is every repeated question.

    Examples
    --------
    >>> from surrogate.perturb import Delete
    >>> count_calls(Delete(n_samples=8).draw(["pay my bill"]))
    {'original': 1, 'all': 7, 'total': 8}
    """
    original = whole.documents[0].text
    counts = {"original": 1}
    exhaustive = bool((whole.roles == "all").any())
    for role in ("all",) if exhaustive else (*ROLES, CONFIRM, REFINE):
        texts = {asked for asked, own in zip(_asked(whole), whole.roles, strict=True) if own == role}
        if texts or role in ROLES or role == "all":
            counts[role] = len(texts - {(original, 0)})
    if n_repeats:
        counts["noise"] = n_repeats
    return {**counts, "total": len(set(_asked(whole))) + n_repeats}


def _asked(whole: Neighborhood) -> list[tuple[str, int]]:
    """Text and draw of each row."""
    draws = [0] * whole.n_samples if whole.draws is None else whole.draws.tolist()
    return list(zip(whole.texts, draws, strict=True))
