"""Beside: other packages on the same text, measured on the same test copies; asked for by name."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from sklearn.pipeline import Pipeline

from surrogate.errors import InputError
from surrogate.explanation import Member
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import Outcome

__all__ = ["BASELINES", "check_baselines", "measure_beside"]

#: Packages that can be put beside the surrogates of a report.
BASELINES = ("lime", "shap")


def check_baselines(names: Sequence[str]) -> None:
    """Refuse what is no baseline.

    Raises
    ------
    InputError
        ``bad-parameter``.

    Examples
    --------
    >>> check_baselines(["lime", "shap"])
    """
    for name in names:
        if name not in BASELINES:
            close = difflib.get_close_matches(str(name), BASELINES, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise InputError("bad-parameter", f"Baselines can be {' and '.join(BASELINES)}; got {name!r}.{hint}")


def measure_beside(
    names: Sequence[str], pipe: Pipeline, whole: Neighborhood, outcome: Outcome, members: Sequence[Member]
) -> tuple[dict[str, Any], ...]:
    """A line for each surrogate that predicts and for each package; their calls come on top and are counted in the line.

    Parameters
    ----------
    names : sequence of {"lime", "shap"}
    pipe : Pipeline
    whole : Neighborhood
        All rows of one text's sample, answered.
    outcome : Outcome
    members : sequence of Member
    """
    if not names:
        return ()
    from surrogate.baselines import LimeBaseline, MaskedModel, ShapBaseline, compare

    document, perturb = whole.documents[0], pipe.named_steps["perturb"]
    masked = MaskedModel(document, outcome, pipe.named_steps["query"], perturb.render(document))
    models: dict[str, Any] = {
        member.name: member.model
        for member in members
        if member.verdict.passed and member.model is not None and hasattr(member.model, "predict")
    }
    known: dict[str, Any] = {"lime": LimeBaseline(), "shap": ShapBaseline()}
    return tuple(compare(whole, models, masked, [known[name] for name in names]))
