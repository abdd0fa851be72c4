"""Findings and limits: what a reader should know beside the numbers, in sentences."""

from __future__ import annotations

from typing import Any

import numpy as np

from surrogate.estimate import percent
from surrogate.explanation import Decision, Member
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import Outcome
from surrogate.rows import usable_rows

__all__ = ["find_findings", "state_limits"]

#: Share of clipped answers above which a reader is told.
_MUCH_CLIPPED = 0.05


def find_findings(
    members: tuple[Member, ...], decision: Decision, whole: Neighborhood, outcome: Outcome
) -> tuple[str, ...]:
    """What was noticed: truncation, refusals, clipping, disagreement of the surrogates.

    Parameters
    ----------
    members : tuple of Member
    decision : Decision
    whole : Neighborhood
        All rows of the text's sample, answered.
    outcome : Outcome

    Returns
    -------
    tuple of str
    """
    answers = whole.answers
    findings = []
    if decision.truncated:
        findings.append(
            "The model did not read the whole text: it was truncated. Words beyond its limit were not weighed; they are not "
            "unimportant, they are unread."
        )
    if answers is not None:
        findings += _counts(whole, answers.truncated, "truncated by the model and left out")
        findings += _counts(whole, answers.refused, "refused by the model and left out")
        clipped = float(outcome.clipped(answers).mean())
        if clipped > _MUCH_CLIPPED:
            findings.append(
                f"{percent(clipped)} of the model's answers were so certain that their log-odds had to be clipped."
            )
    findings += _disagreement(members, whole, outcome)
    return tuple(findings)


def _counts(whole: Neighborhood, flags: Any, what: str) -> list[str]:
    if not flags.any():
        return []
    shares = whole.masks[0].mean(axis=1)
    longer = int((flags & (shares > 0.5)).sum())
    total = int(flags.sum())
    return [
        f"{total} of {whole.n_samples} altered copies were {what}: {longer} that keep more than half of the words, "
        f"{total - longer} that keep less."
    ]


def _disagreement(members: tuple[Member, ...], whole: Neighborhood, outcome: Outcome) -> list[str]:
    models = [(member.name, member.model) for member in members if member.model is not None and member.verdict.passed]
    if len(models) < 2:
        return []
    masks = usable_rows(whole.role("test"), outcome).masks
    decisions = [model.predict_margin(masks) > 0 for _, model in models]
    alike = float(np.mean(np.all(np.stack(decisions) == decisions[0], axis=0)))
    names = " and ".join(name for name, _ in models)
    return [f"The surrogates {names} decide alike on {percent(alike)} of the altered copies."]


def state_limits(whole: Neighborhood, outcome: Outcome, model: dict[str, Any]) -> tuple[str, ...]:
    """What the explanation does not say.

    Parameters
    ----------
    whole : Neighborhood
    outcome : Outcome
    model : dict
        Identity of the explained model.

    Returns
    -------
    tuple of str
    """
    how = "deleting words" if whole.perturbation == "delete" else "replacing words by the model's mask token"
    limits = [
        "It speaks of this one text and of altered copies of it, not of other customers, cases or texts.",
        f"Altered copies were made by {how}. Such copies may read unnaturally; how the model treats natural rewordings was "
        "not measured.",
        "It says what the model reacts to, not whether the model is right, fair or lawful.",
        f"Numbers are about the {outcome.description}; other labels may have other reasons.",
    ]
    if whole.exhaustive:
        limits.append(
            "Every possible altered copy was asked, so fidelity is exact for them and no copy could be held out."
        )
    if model["fingerprint"] is None:
        limits.append("The model has no fingerprint: a later reader cannot check that the same model is asked again.")
    return tuple(limits)
