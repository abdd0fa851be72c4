"""What was found about an anchor, as sentences for a reader."""

from __future__ import annotations

from surrogate.anchor_model import AnchorModel
from surrogate.estimate import percent

__all__ = ["confirmed_sentence", "unconfirmed_sentence"]


def confirmed_sentence(model: AnchorModel, delta: float) -> str:
    """What a confirmed anchor says.

    Parameters
    ----------
    model : AnchorModel
        Confirmed.
    delta : float
        Probability that it was confirmed wrongly.
    """
    if model.chosen is None or model.precision is None:
        return ""
    found = model.candidates[model.chosen]
    wanted, sure = _share(model.threshold), _share(1 - delta)
    if found.literals:
        head = "As long as these units are kept, the model keeps its decision on nearly all altered copies"
        tail = " of those that keep them."
    else:
        head = "The decision holds on nearly all altered copies whatever is removed"
        tail = " of them; no unit is needed to hold it."
    if model.exact:
        return (
            f"{head}: on {found.n_held:,} of {found.n_draws:,}, which are all there are. By the reference distribution that is "
            f"{percent(model.precision.value)}{tail}"
        )
    return (
        f"{head}: on {found.n_held:,} of {found.n_draws:,} drawn independently, which shows with {sure} confidence that it does "
        f"on at least {wanted}{tail}"
    )


def unconfirmed_sentence(model: AnchorModel, budget: int, needed: int) -> str:
    """Why no anchor was confirmed.

    Parameters
    ----------
    model : AnchorModel
        With the draws that were spent.
    budget : int
        The most copies that could be asked.
    needed : int
        The fewest independent draws that can confirm an anchor.
    """
    if model.decision is None:
        return "The model did not answer the text itself, so there is no decision that units could hold."
    if not model.candidates:
        return "Too few altered copies were answered to look for an anchor."
    wanted = _share(model.threshold)
    tried = [candidate for candidate in model.candidates if candidate.n_draws]
    if tried:
        best = max(tried, key=lambda candidate: (candidate.n_held / candidate.n_draws, candidate.n_draws))
        return (
            f"No anchor was confirmed with {model.n_calls:,} further copies: under the best of {len(tried)} conditions that "
            f"were tried the decision held on {best.n_held:,} of {best.n_draws:,} copies, which does not show that it holds "
            f"on {wanted}."
        )
    expected = max(candidate.expected for candidate in model.candidates)
    if budget < needed and expected >= model.threshold:
        return (
            f"No anchor could be confirmed: that takes at least {needed:,} independent draws, and {budget:,} further "
            "copies could be asked."
        )
    most = max(len(candidate.literals) for candidate in model.candidates)
    return (
        f"No {most} units or fewer are expected to hold the decision on {wanted} of the altered copies; the best would hold "
        f"it on about {percent(expected)}. The decision rests on more of the text, or is close to another one."
    )


def _share(share: float) -> str:
    """A wanted share, not rounded to whole per cent."""
    return f"{100 * share:.4g} %"
