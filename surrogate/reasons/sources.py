"""What in a record speaks for a decision: words with what each adds, and rules of an audit that hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from surrogate.evidence.grades import STABLE
from surrogate.linear_model import LinearModel
from surrogate.reasons.table import ReasonPolicy

__all__ = ["Source", "fired", "member_of", "obstacle", "words"]

Record = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """A word of the text, or a rule of an audit that holds for it.

    Parameters
    ----------
    kind : {"term", "rule"}
    key : str
        The word, or the id of the rule.
    text : str
        As a reader is shown it.
    adds : float or None
        What a word adds for the decision, on the scale of the surrogate; None for a rule.
    quotable : bool
        A word whose grade is stable; a rule that held-out documents confirm.
    grade : str or None
    features : tuple of (str, str)
        Of a rule: kind ("feature" or "concept") and key of each feature that its condition asks for.

    Examples
    --------
    >>> Source("term", "fee", "fee", 1.5, True, "stable").adds
    1.5
    """

    kind: str
    key: str
    text: str
    adds: float | None
    quotable: bool
    grade: str | None
    features: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> Record:
        """JSON form."""
        return {"kind": self.kind, "key": self.key, "text": self.text, "adds": self.adds, "grade": self.grade}


def member_of(record: Record) -> Record | None:
    """The shown surrogate that says what each word adds; None where there is none."""
    return next((one for one in record["surrogates"] if one["kind"] == "linear" and not one["withheld"]), None)


def obstacle(record: Record, policy: ReasonPolicy) -> str | None:
    """Why no reasons may be given; None where nothing stands against it.

    Returns
    -------
    str or None
        "withheld", "other-label", "no-surrogate", "disagrees" or "below-policy".

    Examples
    --------
    >>> obstacle({"verdict": {"status": "withheld"}}, ReasonPolicy())
    'withheld'
    """
    if record["verdict"]["status"] != "explained":
        return "withheld"
    if record["decision"]["label"] != record["decision"]["target"]:
        return "other-label"
    member = member_of(record)
    if member is None:
        return "no-surrogate"
    if not _agrees(member):
        return "disagrees"
    fidelity = member["fidelity"]
    if fidelity["agreement"]["low"] < policy.min_agreement or fidelity["r2"]["low"] < policy.min_r2:
        return "below-policy"
    return None


def _agrees(member: Record) -> bool:
    """Whether the surrogate decides the text itself as the model does: for the label that is explained."""
    model = LinearModel.from_dict(member["model"])
    whole = np.ones((1, model.n_units), dtype=bool)
    return bool(model.predict_margin(whole)[0] > 0)


def words(record: Record) -> list[Source]:
    """The words of the text, the one that adds most for the decision first."""
    member = member_of(record)
    effects = [] if member is None else member["model"]["effects"]
    found = [
        Source("term", one["text"], one["text"], one["coefficient"], one["grade"] == STABLE, one["grade"])
        for one in effects
    ]
    return sorted(found, key=lambda one: (-(one.adds or 0.0), one.key))


def fired(record: Record) -> tuple[list[Source], str | None]:
    """Rules of an audit that hold for the text and say what the model decided, and why they may not be quoted, if so.

    Returns
    -------
    list of Source
    str or None
        "other-model" where the audit was of another model or that cannot be told, "rules-disagree" where the rules decide the
        text otherwise than the model.
    """
    rules = record["global_rules"]
    if rules is None or not rules["rules"]:
        return [], None
    if rules["same_model"] is not True:
        return [], "other-model"
    label = record["decision"]["label"]
    speaks = next((one for one in rules["rules"] if one["speaks"]), None)
    if speaks is not None and speaks["label"] != label:
        return [], "rules-disagree"
    return [_rule(one) for one in rules["rules"] if one["label"] == label], None


def _rule(rule: Record) -> Source:
    parts = [(one["feature"], one["present"]) for one in rule["conditions"]]
    text = " · ".join(("" if present else "¬ ") + feature["label"] for feature, present in parts)
    keys = []
    for feature, present in parts:
        if present:
            kind = "concept" if feature["kind"] in ("concept", "probe") else "feature"
            keys += [(kind, f"{feature['kind']}:{feature['key']}"), (kind, feature["key"]), (kind, feature["label"])]
    return Source("rule", rule["id"], text, None, rule["grade"] == "confirmed", rule["grade"], tuple(keys))
