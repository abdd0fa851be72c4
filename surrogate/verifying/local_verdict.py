"""The verdict of each surrogate of one text, by the policy and the measured numbers."""

from __future__ import annotations

import math
from typing import Any

from surrogate.verifying.comparison import Comparison
from surrogate.verifying.local_rules import MIN_SUPPORT
from surrogate.verifying.models import predicted
from surrogate.verifying.rows import Sample

__all__ = ["compare_verdict", "percent_of", "two_decimals_of"]

_UNREAD = (
    "The model did not read or answer the text itself as a whole, so nothing can be said about the parts it did not read. "
    "Explain a shorter passage."
)
_NO_REACTION = "The model does not react to this text: its answer is the same on every altered copy."

#: Status, reason, and calls that would settle it.
Judged = tuple[str, str, int | None]


def percent_of(share: float) -> str:
    """A share as whole per cent.

    Examples
    --------
    >>> percent_of(0.891)
    '89 %'
    """
    return f"{100 * share:.0f} %"


def two_decimals_of(number: float) -> str:
    """A number with two decimals, never minus zero.

    Examples
    --------
    >>> two_decimals_of(-0.001)
    '0.00'
    """
    return f"{round(number, 2) + 0.0:.2f}"


def compare_verdict(
    comparison: Comparison, where: str, member: dict[str, Any], sample: Sample, record: dict[str, Any]
) -> None:
    """Judge a surrogate again.

    Parameters
    ----------
    comparison : Comparison
    where : str
        JSON pointer to the surrogate.
    member : dict
    sample : Sample
    record : dict
    """
    said, policy = member["verdict"], record["production"]["policy"]
    given = (said["status"], said["reason"], said["calls_needed"])
    possible = _judged(member, sample, policy)
    expected = given if given in possible else possible[0] if possible else given
    if possible:
        for name, found, wanted in zip(("status", "reason"), given[:2], expected[:2], strict=True):
            comparison.value(f"{where}/verdict/{name}", found, wanted)
        comparison.number(f"{where}/verdict/calls_needed", given[2], expected[2])


def _judged(member: dict[str, Any], sample: Sample, policy: dict[str, float]) -> list[Judged]:
    """What may be said of a surrogate: of one whose model is withheld, one thing or another; empty: it is not judged here."""
    flaw = _flaw(sample, policy)
    if flaw is not None:
        return [flaw]
    model, fidelity = member["model"], member["fidelity"]
    if member["kind"] == "anchor":
        return (
            []
            if model is None
            else [("pass" if model["status"] == "confirmed" else "insufficient evidence", model["reason"], None)]
        )
    if member["kind"] == "shapley":
        return [] if model is None else [_of_values(model, policy)]
    if fidelity is None or (fidelity["n_test"] < policy["min_test"] and not fidelity["exact"]):
        n_test = 0 if fidelity is None else fidelity["n_test"]
        needed = policy["min_test"]
        return [
            ("insufficient evidence", f"Only {n_test} altered copies were left to test on; {needed} are needed.", None)
        ]
    if fidelity["variance"] < 1e-12:
        return [("fail", _NO_REACTION, None)]
    measured = [_of_numbers(fidelity, policy, sample, alike) for alike in _alike(model, sample)]
    # How many more copies a tree could have asked for is not in the record.
    may_be_ungrown = member["kind"] == "tree" and not fidelity["exact"] and fidelity["n_test"] < 2 * MIN_SUPPORT
    return [*measured, *([_ungrown(fidelity["n_test"], sample)] if may_be_ungrown else [])]


def _ungrown(n_test: int, sample: Sample) -> Judged:
    """A tree that was not grown, since the copies could not check two leaves."""
    needed = _calls_for(2 * MIN_SUPPORT / n_test, sample)
    hint = "" if needed is None else f" About {needed:,} calls would settle it."
    copies = f"the {2 * MIN_SUPPORT} that checking two leaves takes"
    reason = f"No tree was grown: fewer altered copies were left than {copies}.{hint}"
    return "insufficient evidence", reason, needed


def _calls_for(times: float, sample: Sample) -> int | None:
    """So many times the calls that were made, in steps of 64; None where all copies were asked, and then again."""
    whole = sample.whole
    if any(row.draw for row in whole):
        return None
    return math.ceil(len({(row.text, row.draw) for row in whole}) * times / 64) * 64


def _flaw(sample: Sample, policy: dict[str, float]) -> Judged | None:
    if not sample.original.usable:
        return "insufficient evidence", _UNREAD, None
    whole = sample.whole
    unusable = sum(not row.usable for row in whole) / len(whole)
    if unusable > policy["max_unusable"]:
        allowed = percent_of(policy["max_unusable"])
        reason = f"{percent_of(unusable)} of the altered copies were truncated or refused by the model; at most {allowed} may be."
        return "insufficient evidence", reason, None
    return None


def _alike(model: dict[str, Any] | None, sample: Sample) -> list[bool]:
    """Whether surrogate and model decide the text itself alike; without the model, or on the edge, both."""
    if model is None:
        return [True, False]
    original = sample.original
    margin, moved = predicted(model, [original.mask])[0][1]
    return [True, False] if abs(margin) <= moved else [(margin > 0) == (original.margin > 0)]


def _of_numbers(fidelity: dict[str, Any], policy: dict[str, float], sample: Sample, alike: bool) -> Judged:
    r2, agreement = fidelity["r2"], fidelity["agreement"]
    value, low, high = (two_decimals_of(r2[name]) for name in ("value", "low", "high"))
    interval, limit = f"{value} (95 % interval {low} to {high})", two_decimals_of(policy["min_r2"])
    if r2["high"] < policy["min_r2"]:
        return "fail", f"Fidelity R2 is {interval}: below the {limit} that the policy asks for.", None
    if not alike:
        return "fail", "On the text itself the surrogate decides otherwise than the model.", None
    if r2["low"] < policy["min_r2"]:
        needed = _calls_needed(fidelity, policy, sample)
        hint = "" if needed is None else f" About {needed:,} calls would settle it."
        reason = f"Fidelity R2 is {interval}: the interval reaches below the {limit} that the policy asks for.{hint}"
        return "insufficient evidence", reason, needed
    if agreement["baseline"] is not None and agreement["value"] < agreement["baseline"] - 1e-9:
        reason = (
            f"The surrogate decides like the model on {percent_of(agreement['value'])} of the altered copies; "
            f"always giving the more frequent decision reaches {percent_of(agreement['baseline'])}."
        )
        return "insufficient evidence", reason, None
    return "pass", f"Fidelity R2 is {interval}; the policy asks for a lower end of at least {limit}.", None


def _calls_needed(fidelity: dict[str, Any], policy: dict[str, float], sample: Sample) -> int | None:
    """Calls after which the interval, shrinking with their square root, would no longer hold the limit."""
    r2 = fidelity["r2"]
    distance = abs(r2["value"] - policy["min_r2"])
    if fidelity["exact"] or distance < 0.01:
        return None
    width = r2["value"] - r2["low"] if r2["value"] >= policy["min_r2"] else r2["high"] - r2["value"]
    return _calls_for((width / distance) ** 2, sample)


def _of_values(model: dict[str, Any], policy: dict[str, float]) -> Judged:
    """Shapley values, by the widest of their intervals."""
    largest = max(abs(value) for value in model["values"])
    if largest < 1e-9 and abs(model["full_value"] - model["base_value"]) < 1e-9:
        return "fail", _NO_REACTION, None
    if model["exact"]:
        return "pass", "Every possible altered copy was asked: the values are exact.", None
    if model["low"] is None or model["high"] is None:
        return "insufficient evidence", "Too few altered copies were asked to say how sure the values are.", None
    width = max(high - low for low, high in zip(model["low"], model["high"], strict=True)) / 2
    said = f"The widest 95 % interval reaches {percent_of(width / largest)} of the largest value to either side"
    limit = percent_of(policy["max_value_error"])
    if width > policy["max_value_error"] * largest:
        return "insufficient evidence", f"{said}; the policy allows {limit}. More calls would narrow it.", None
    return "pass", f"{said}; the policy allows {limit}.", None
