"""The gate: whether the evidence carries a surrogate; what fails is withheld."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from surrogate.estimate import percent, two_decimals
from surrogate.evidence.fidelity import Fidelity
from surrogate.evidence.rules import MIN_SUPPORT

__all__ = ["NO_REACTION", "Policy", "Verdict", "judge", "judge_sample"]

NO_REACTION = "The model does not react to this text: its answer is the same on every altered copy."


#: Two shares computed in different orders differ by less than this when they are equal.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Policy:
    """What the evidence must show before a surrogate is shown.

    Parameters
    ----------
    min_r2 : float, default 0.5
        The 95 % lower bound of the test R2 must reach it.
    max_unusable : float, default 0.1
        Largest share of altered copies that were truncated or refused.
    min_test : int, default 30
        Fewest test copies, unless every possible copy was asked.
    stable_share : float, default 0.9
        A term or rule is stable when at least this share of refits to half of the calls finds it again.
    weak_share : float, default 0.5
        It is weak when at least this share does, and not reportable otherwise.
    max_value_error : float, default 0.25
        Largest half width of the 95 % interval of a Shapley value, as a share of the largest value.

    Examples
    --------
    >>> Policy().min_r2
    0.5
    """

    min_r2: float = 0.5
    max_unusable: float = 0.1
    min_test: int = 30
    stable_share: float = 0.9
    weak_share: float = 0.5
    max_value_error: float = 0.25

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))


@dataclass(frozen=True)
class Verdict:
    """What the gate says of one surrogate.

    Parameters
    ----------
    status : {"pass", "fail", "insufficient evidence"}
    reason : str
        One sentence or two, for a reader.
    calls_needed : int, optional
        Roughly how many calls in all would settle an insufficient verdict, when more calls can.

    Examples
    --------
    >>> Verdict("pass", "Good.").passed
    True
    """

    status: str
    reason: str
    calls_needed: int | None = None

    @property
    def passed(self) -> bool:
        """Whether the surrogate is shown."""
        return self.status == "pass"

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))


def judge(
    fidelity: Fidelity | None,
    *,
    policy: Policy,
    n_calls: int | None,
    unusable_share: float,
    original_usable: bool,
    decides_alike: bool,
    is_ungrown: bool = False,
) -> Verdict:
    """Judge one surrogate.

    Parameters
    ----------
    fidelity : Fidelity or None
        None: too few usable copies to measure anything.
    policy : Policy
    n_calls : int or None
        Calls spent so far, to say how many would settle the question; None: there are no more copies to ask.
    unusable_share : float
        Share of altered copies that were truncated or refused.
    original_usable : bool
        Whether the text itself was read whole and answered.
    decides_alike : bool
        Whether surrogate and model decide the same about the text itself.
    is_ungrown : bool, default False
        Whether it is a tree that was not grown, since the copies could not check two leaves.

    Returns
    -------
    Verdict
    """
    flaw = judge_sample(policy=policy, unusable_share=unusable_share, original_usable=original_usable)
    if flaw is not None:
        return flaw
    if fidelity is None or (fidelity.n_test < policy.min_test and not fidelity.exact):
        n_test = 0 if fidelity is None else fidelity.n_test
        return Verdict(
            "insufficient evidence",
            f"Only {n_test} altered copies were left to test on; {policy.min_test} are needed.",
        )
    if fidelity.variance < 1e-12:
        return Verdict("fail", NO_REACTION)
    if is_ungrown:
        return _judge_ungrown(fidelity.n_test, n_calls)
    return _judge_numbers(fidelity, policy, n_calls, decides_alike)


def judge_sample(*, policy: Policy, unusable_share: float, original_usable: bool) -> Verdict | None:
    """What speaks against any explanation of this sample; None: nothing.

    Parameters
    ----------
    policy : Policy
    unusable_share : float
        Share of altered copies that were truncated or refused.
    original_usable : bool
        Whether the text itself was read whole and answered.
    """
    if not original_usable:
        return Verdict(
            "insufficient evidence",
            "The model did not read or answer the text itself as a whole, so nothing can be said about the parts it did not "
            "read. Explain a shorter passage.",
        )
    if unusable_share > policy.max_unusable:
        return Verdict(
            "insufficient evidence",
            f"{percent(unusable_share)} of the altered copies were truncated or refused by the model; "
            f"at most {percent(policy.max_unusable)} may be.",
        )
    return None


def _judge_ungrown(n_test: int, n_calls: int | None) -> Verdict:
    needed = None if n_calls is None else math.ceil(n_calls * (2 * MIN_SUPPORT / n_test) / 64) * 64
    hint = "" if needed is None else f" About {needed:,} calls would settle it."
    return Verdict(
        "insufficient evidence",
        f"No tree was grown: fewer altered copies were left than the {2 * MIN_SUPPORT} that checking two leaves takes.{hint}",
        needed,
    )


def _judge_numbers(fidelity: Fidelity, policy: Policy, n_calls: int | None, decides_alike: bool) -> Verdict:
    r2, agreement = fidelity.r2, fidelity.agreement
    interval = f"{two_decimals(r2.value)} (95 % interval {two_decimals(r2.low)} to {two_decimals(r2.high)})"
    limit = two_decimals(policy.min_r2)
    if r2.high < policy.min_r2:
        return Verdict("fail", f"Fidelity R2 is {interval}: below the {limit} that the policy asks for.")
    if not decides_alike:
        return Verdict("fail", "On the text itself the surrogate decides otherwise than the model.")
    if r2.low < policy.min_r2:
        needed = _calls_needed(fidelity, policy, n_calls)
        hint = "" if needed is None else f" About {needed:,} calls would settle it."
        return Verdict(
            "insufficient evidence",
            f"Fidelity R2 is {interval}: the interval reaches below the {limit} that the policy asks for.{hint}",
            needed,
        )
    if agreement.baseline is not None and agreement.value < agreement.baseline - _ROUNDING:
        return Verdict(
            "insufficient evidence",
            f"The surrogate decides like the model on {percent(agreement.value)} of the altered copies; "
            f"always giving the more frequent decision reaches {percent(agreement.baseline)}.",
        )
    return Verdict("pass", f"Fidelity R2 is {interval}; the policy asks for a lower end of at least {limit}.")


def _calls_needed(fidelity: Fidelity, policy: Policy, n_calls: int | None) -> int | None:
    """Calls after which the interval, shrinking with their square root, would no longer hold the limit."""
    distance = abs(fidelity.r2.value - policy.min_r2)
    width = (
        (fidelity.r2.value - fidelity.r2.low)
        if fidelity.r2.value >= policy.min_r2
        else (fidelity.r2.high - fidelity.r2.value)
    )
    if n_calls is None or fidelity.exact or distance < 0.01:
        return None
    return int(math.ceil(n_calls * (width / distance) ** 2 / 64) * 64)
