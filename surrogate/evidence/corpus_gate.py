"""The gate of global surrogates: whether held-out documents carry one; what fails is withheld."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surrogate.estimate import Estimate, percent
from surrogate.evidence.corpus_fidelity import CorpusFidelity
from surrogate.evidence.gate import Verdict

__all__ = ["CorpusPolicy", "judge_corpus"]


@dataclass(frozen=True)
class CorpusPolicy:
    """What held-out documents must show before a global surrogate is shown.

    Parameters
    ----------
    min_agreement : float, default 0.75
        The 95 % lower bound of the share on which a surrogate decides as the model does must reach it.
    min_precision : float, default 0.85
        The same for rules that leave documents undecided, among those that they decide.
    min_test : int, default 30
        Fewest held-out documents.
    max_unusable : float, default 0.1
        Largest share of documents that were truncated or refused.

    Examples
    --------
    >>> CorpusPolicy().to_dict()["min_agreement"]
    0.75
    """

    min_agreement: float = 0.75
    min_precision: float = 0.85
    min_test: int = 30
    max_unusable: float = 0.1

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))


def judge_corpus(fidelity: CorpusFidelity, partial: bool, policy: CorpusPolicy) -> Verdict:
    """Whether a global surrogate may be shown.

    Parameters
    ----------
    fidelity : CorpusFidelity
    partial : bool
        Whether it may leave documents undecided; then its precision counts and not its agreement.
    policy : CorpusPolicy

    Examples
    --------
    >>> from surrogate.evidence.corpus_fidelity import measure_corpus_fidelity
    >>> import numpy as np
    >>> decided, decisions = np.repeat([0, 1], [60, 40]), np.repeat([0, 1], [55, 45])
    >>> judge_corpus(measure_corpus_fidelity(decided, decisions, 0), False, CorpusPolicy()).status
    'pass'
    """
    if fidelity.n < policy.min_test:
        return Verdict(
            "insufficient evidence",
            f"Only {fidelity.n} documents were held out, and at least {policy.min_test} are needed.",
        )
    if partial:
        return _verdict(fidelity.precision, policy.min_precision, "of the held-out documents that its rules cover")
    return _verdict(fidelity.agreement, policy.min_agreement, "of the held-out documents")


def _verdict(measured: Estimate, least: float, of_what: str) -> Verdict:
    said = (
        f"It decides as the model does on {percent(measured.value)} {of_what} (95 % interval {percent(measured.low)} to "
        f"{percent(measured.high)}); {percent(least)} are asked for."
    )
    trivial = measured.baseline is not None and measured.low <= measured.baseline
    if measured.low >= least and not trivial:
        return Verdict("pass", said)
    if measured.high < least:
        return Verdict("fail", said)
    if trivial:
        return Verdict(
            "insufficient evidence",
            f"{said} Always naming the most frequent decision would reach {percent(measured.baseline or 0)}.",
        )
    return Verdict("insufficient evidence", said)
