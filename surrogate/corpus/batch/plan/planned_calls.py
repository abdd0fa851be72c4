"""Planned calls: what a whole batch would ask, projected from the copies of a sample of its texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sklearn.pipeline import Pipeline

from surrogate.adaptive import Adaptive
from surrogate.corpus.batch.plan.copies import DrawnText, draw_texts
from surrogate.corpus.batch.plan.estimating import Estimate
from surrogate.corpus.batch.plan.timing import BatchSize
from surrogate.corpus.batch.plan.token_counts import TokenCounter
from surrogate.errors import InputError
from surrogate.plan import Calls, check_calls, most_texts

__all__ = ["PlannedCalls", "plan_calls"]


@dataclass(frozen=True)
class PlannedCalls:
    """What a batch would ask.

    Parameters
    ----------
    n_sampled : int
        Distinct texts whose copies were drawn.
    most_per_text : int
        Upper bound of the calls for one text.
    per_text : Estimate
        Calls for one text, on average.
    tokens_per_copy : Estimate
        On average over all that is asked.
    token_share : float or None
        Tokens of a copy over those of its text, on average over the sample; None: no copies could be drawn.
    token_source : str
        Where counts of tokens come from.
    total, tokens : Estimate
        Of all texts that are left; tokens without what a prompt adds at an endpoint.
    text_bytes : Estimate
        Of one text.
    errors : Estimate
        Rows that are going to be errors.
    error_codes : dict of str to int
        Sampled texts that cannot be explained, by code.
    usable : tuple of str
        Sampled texts that can be explained.
    n_bounded : int
        Sampled texts for which bounds are given, since their copies cannot be drawn without asking.

    Examples
    --------
    >>> from surrogate import load
    >>> from surrogate.blackbox import FunctionBox
    >>> pipe = load("local", FunctionBox(lambda texts: [[.5, .5]] * len(texts), classes=["a", "b"]))
    >>> planned = plan_calls(pipe, BatchSize(1, 1), ["pay my bill today please"], TokenCounter("characters"), 64)
    >>> planned.per_text.expected, planned.most_per_text
    (32.0, 64)
    """

    n_sampled: int
    most_per_text: int
    per_text: Estimate
    tokens_per_copy: Estimate
    token_share: float | None
    token_source: str
    total: Estimate
    tokens: Estimate
    text_bytes: Estimate
    errors: Estimate
    error_codes: Mapping[str, int]
    usable: tuple[str, ...]
    n_bounded: int = 0

    def to_dict(self) -> dict[str, Any]:
        """JSON form; without any text."""
        ranges = ("per_text", "tokens_per_copy", "total", "tokens", "text_bytes", "errors")
        plain = ("n_sampled", "most_per_text", "token_share", "token_source", "n_bounded")
        return {
            **{name: getattr(self, name) for name in plain},
            **{name: getattr(self, name).to_dict() for name in ranges},
            "error_codes": dict(self.error_codes),
        }


def plan_calls(
    pipe: Pipeline,
    size: BatchSize,
    sample: Sequence[str],
    counter: TokenCounter,
    calls: Calls,
    budget: int | None = None,
) -> PlannedCalls:
    """Draw the copies of a sample, and project what they come to over all texts.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
        With its black box, which is not asked.
    size : BatchSize
    sample : sequence of str
        Distinct texts, at least one.
    counter : TokenCounter
    calls, budget
        As :func:`surrogate.explain` takes them.

    Raises
    ------
    InputError
        ``bad-calls``; ``bad-corpus`` for a sample without a text.
    """
    check_calls(calls)
    if not sample:
        raise InputError("bad-corpus", "A plan needs at least one usable text of the batch; there is none.")
    most = int(Adaptive(pipe).budget) if budget is None else budget
    drawn = draw_texts(pipe, sample, counter, calls, most)
    n_all = max(size.n_texts, len(sample))
    bound = most_texts(pipe, calls, most)
    per_text, tokens = _mean([one.calls for one in drawn], n_all), _mean([one.tokens for one in drawn], n_all)
    per_text = per_text.at_most(max(bound, per_text.expected))
    return PlannedCalls(
        n_sampled=len(drawn),
        most_per_text=bound,
        per_text=per_text,
        tokens_per_copy=_tokens_per_copy(drawn),
        token_share=_token_share(drawn),
        token_source=counter.source,
        total=per_text.times(size.n_left),
        tokens=tokens.times(size.n_left),
        text_bytes=Estimate.of_mean([one.n_bytes for one in drawn], n_all),
        errors=_errors(drawn, size),
        error_codes=dict(Counter(one.error for one in drawn if one.error)),
        usable=tuple(text for text, one in zip(sample, drawn, strict=True) if not one.error),
        n_bounded=sum(not one.was_drawn for one in drawn),
    )


def _mean(ranges: Sequence[Estimate], n_all: int) -> Estimate:
    """Mean over all texts: of the low ends, the expected ones and the high ends, each from the sample."""
    low, expected, high = (
        Estimate.of_mean([getattr(each, end) for each in ranges], n_all) for end in ("low", "expected", "high")
    )
    return Estimate(low.low, expected.expected, high.high)


def _tokens_per_copy(drawn: Sequence[DrawnText]) -> Estimate:
    ends = []
    for end in ("low", "expected", "high"):
        asked = sum(one.calls.expected for one in drawn)
        tokens = sum(one.calls.expected * getattr(one.copy_tokens, end) for one in drawn)
        ends.append(tokens / asked if asked else 0.0)
    return Estimate(*ends)


def _token_share(drawn: Sequence[DrawnText]) -> float | None:
    """Sizes of copies are uniform, so about half of a text's tokens is in one, and the special ones in all."""
    known = [one for one in drawn if one.was_drawn and one.text_tokens.expected]
    if not known:
        return None
    copies = sum(one.calls.expected * one.copy_tokens.expected for one in known)
    return copies / sum(one.calls.expected * one.text_tokens.expected for one in known)


def _errors(drawn: Sequence[DrawnText], size: BatchSize) -> Estimate:
    """Rows without a usable text, and as many others as the sample tells.

    None in a sample of n bounds the share by 3 / n (rule of three, 95 %).
    """
    share = Estimate.of_mean([float(bool(one.error)) for one in drawn], max(size.n_texts, len(drawn)))
    if share.expected == 0 and len(drawn) < size.n_texts:
        share = Estimate(0.0, 0.0, min(1.0, 3 / len(drawn)))
    return share.times(size.n_rows - size.n_problems).plus(Estimate.exactly(size.n_problems)).at_most(size.n_rows)
