"""Findings and limits: what a reader should know beside the numbers, in sentences."""

from __future__ import annotations

from typing import Any

import numpy as np

from surrogate.answers import Answers
from surrogate.estimate import percent
from surrogate.explanation import Decision, Member
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import Outcome
from surrogate.rows import usable_rows
from surrogate.units.nouns import unit_noun

__all__ = ["MEASURED", "NOT_MEASURED", "find_findings", "state_limits"]

#: What is said of natural rewordings, until a second sampler has measured on some.
NOT_MEASURED = "how the model treats natural rewordings was not measured"
MEASURED = "what is left of the fidelity on more natural texts was measured, and is stated beside it"

#: How altered copies read, by how they were made.
_READS = {
    "delete": "Such copies may read unnaturally",
    "mask": "Such copies may read unnaturally",
    "infill": "Such copies read more naturally than texts with gaps, but say something else than the text",
}

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
            "The model did not read the whole text: it was truncated. What stands beyond its limit was not weighed; it is not "
            "unimportant, it is unread."
        )
    if answers is not None:
        findings += _counts(whole, answers.truncated, "truncated by the model and left out")
        findings += _counts(whole, answers.refused, "refused by the model and left out")
        findings += _votes(answers, members)
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
        f"{total} of {whole.n_samples} altered copies were {what}: {longer} that keep more than half of the "
        f"{unit_noun(whole.documents[0].kind)}, {total - longer} that keep less."
    ]


def _votes(answers: Answers, members: tuple[Member, ...]) -> list[str]:
    """That the probabilities are counted from votes, and what became of their noise."""
    if answers.votes is None:
        return []
    most = int(answers.votes.sum(axis=1).max())
    carried = any(getattr(member.model, "scale", "") == "log_odds" for member in members)
    return [
        f"The model's answers are votes, up to {most:,} for each text. Their binomial noise was "
        f"{'' if carried else 'not '}carried into the fit, and it limits what any surrogate can reach."
    ]


def _disagreement(members: tuple[Member, ...], whole: Neighborhood, outcome: Outcome) -> list[str]:
    models: list[tuple[str, Any]] = [
        (member.name, member.model)
        for member in members
        if member.verdict.passed and hasattr(member.model, "predict_margin")
    ]
    if len(models) < 2:
        return []
    masks = usable_rows(whole.role("test"), outcome).masks
    decisions = [model.predict_margin(masks) > 0 for _, model in models]
    alike = float(np.mean(np.all(np.stack(decisions) == decisions[0], axis=0)))
    names = " and ".join(name for name, _ in models)
    return [f"The surrogates {names} decide alike on {percent(alike)} of the altered copies."]


def _rounding(details: dict[str, Any]) -> list[str]:
    """What number format and device do to probabilities, where equal bits are not promised."""
    step, dtype = details.get("rounded_to"), details.get("dtype")
    if step is None:
        return []
    said = []
    if dtype != "float32":
        said.append(
            f"The model was computed in {dtype}, not in float32: its probabilities may differ by some hundredths."
        )
    where = "" if details["device"] == "cpu" else f" The model was computed on {details['device']}."
    said.append(
        f"Scores were rounded to multiples of 1/{round(1 / step):,} before they became probabilities.{where} So nearly all "
        "repeated answers are equal, though not all need be."
    )
    return said


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
    document = whole.documents[0]
    limits = [
        "It speaks of this one text and of altered copies of it, not of other customers, cases or texts.",
        f"Altered copies were made by {_how_altered(whole)}. {_READS.get(whole.perturbation, _READS['delete'])}; {NOT_MEASURED}.",
        "It says what the model reacts to, not whether the model is right, fair or lawful.",
        f"Numbers are about the {outcome.description}; other labels may have other reasons.",
    ]
    if any(gap.strip() for gap in document.gaps):
        limits.append(
            f"What stands between the {unit_noun(document.kind)}, such as keys and labels, was kept in every copy: nothing is "
            "said about it."
        )
    if whole.exhaustive and whole.draws is None:
        limits.append(
            "Every possible altered copy was asked, so fidelity is exact for them and no copy could be held out."
        )
    if whole.draws is not None and whole.draws.max() > 0:
        times = int(whole.draws.max())
        limits.append(
            "Every possible altered copy was asked, so nothing was left to the choice of copies. The model's answers vary: all "
            f"were asked {'again' if times == 1 else f'{times} times more'} to test on, and no number is exact."
        )
    limits += _rounding(model["details"])
    if model["fingerprint"] is None:
        limits.append("The model has no fingerprint: a later reader cannot check that the same model is asked again.")
    return tuple(limits)


def _how_altered(whole: Neighborhood) -> str:
    document = whole.documents[0]
    nouns = unit_noun(document.kind)
    if whole.perturbation == "infill":
        return f"putting other words, which a language model filled in, in the place of {nouns}"
    if whole.perturbation == "mixture":
        return f"removing {nouns} in several ways, which the recipe names"
    if whole.perturbation != "delete":
        return f"replacing {nouns} by the model's mask token"
    return f"emptying {nouns}" if document.is_json else f"deleting {nouns}"
