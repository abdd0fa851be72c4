"""Peers that ask for older packages: MimicExplainer of interpret-community and SkopeRules of imodels.

A script of its own, since they do not run beside the versions of scikit-learn, numpy and shap that the project uses:
``PYTHON benchmarks/global_old_peers.py IN.json OUT.json``, with the Python of an environment that has them.  IN is a list of
splits (texts, held_out, probabilities, sizes, thresholds); OUT is a list of rows.  What is not installed, or fails, becomes a
row with a note.
"""

from __future__ import annotations

import json
import re
import sys
import warnings
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

MIMIC, SKOPE = "MimicExplainer", "SkopeRules"
PACKAGES = {MIMIC: "interpret-community", SKOPE: "imodels"}
_RULES = 40


def mimic_rows(split: dict[str, Any]) -> list[dict[str, Any]]:
    """Its linear, SGD and tree surrogates on TF-IDF of words; the linear ones cut to their largest coefficients."""
    from interpret_community.mimic.mimic_explainer import MimicExplainer
    from interpret_community.mimic.models import (
        DecisionTreeExplainableModel,
        LinearExplainableModel,
        SGDExplainableModel,
    )
    from sklearn.feature_extraction.text import TfidfVectorizer

    case = _Case(split, TfidfVectorizer(min_df=2))
    rows = []
    for kind, surrogate in (("linear", LinearExplainableModel), ("SGD", SGDExplainableModel)):
        model = MimicExplainer(
            case, case.fitted, surrogate, augment_data=False, classes=case.classes
        ).surrogate_model.model
        for size in split["sizes"]:
            agreement = case.agreement(_largest(model, case.held_out, size))
            rows.append(
                {"method": f"{MIMIC}, {kind}, its largest coefficients", "size": size, "shown": size} | agreement
            )
        dense = case.agreement(case.held_out @ model.coef_.T + model.intercept_)
        rows.append({"method": f"{MIMIC}, {kind}, all coefficients", "size": 0, "shown": model.coef_.size} | dense)
    for size in split["sizes"]:
        options = {"max_leaf_nodes": (size + 1) // 2, "max_depth": None, "random_state": 0}
        model = MimicExplainer(
            case,
            case.fitted,
            DecisionTreeExplainableModel,
            augment_data=False,
            classes=case.classes,
            explainable_model_args=options,
        ).surrogate_model.model
        shown = 2 * int(model.get_n_leaves()) - 1
        rows.append({"method": f"{MIMIC}, tree", "size": size, "shown": shown} | case.agreement(_scores(model, case)))
    return [{"part": "linear", **row} for row in rows]


class _Case:
    """A split as vectors, and the model as what looks its answers up."""

    def __init__(self, split: dict[str, Any], vectorizer: Any) -> None:
        texts, held_out = np.array(split["texts"], dtype=object), np.array(split["held_out"])
        probabilities = np.array(split["probabilities"])
        vectorizer.fit(texts[~held_out])
        self.fitted = vectorizer.transform(texts[~held_out]).toarray()
        self.held_out = vectorizer.transform(texts[held_out]).toarray()
        self.says, self.truth = probabilities[~held_out].argmax(axis=1), probabilities[held_out].argmax(axis=1)
        self.classes = list(range(probabilities.shape[1]))
        self._answers = {row.tobytes(): p for row, p in zip(self.fitted, probabilities[~held_out], strict=True)}

    def predict_proba(self, rows: Any) -> Any:
        """The model's answers; only rows that are fitted to are asked about."""
        unknown = np.full(len(self.classes), 1 / len(self.classes))
        return np.array([self._answers.get(np.ascontiguousarray(row).tobytes(), unknown) for row in np.asarray(rows)])

    def predict(self, rows: Any) -> Any:
        """The model's decisions."""
        return self.predict_proba(rows).argmax(axis=1)

    def agreement(self, scores: Any) -> dict[str, float]:
        """Share of held-out documents decided as the model does."""
        return {"agreement": float((np.asarray(scores).argmax(axis=1) == self.truth).mean())}


def _largest(model: Any, rows: Any, size: int) -> Any:
    kept = np.zeros_like(model.coef_)
    order = np.argsort(-np.abs(model.coef_), axis=None)[:size]
    kept.ravel()[order] = model.coef_.ravel()[order]
    return rows @ kept.T + model.intercept_


def _scores(model: Any, case: _Case) -> Any:
    said = np.asarray(model.predict(case.held_out))
    return said if said.ndim > 1 else np.eye(len(case.classes))[said.astype(int)]


def skope_rows(split: dict[str, Any]) -> list[dict[str, Any]]:
    """SkopeRules for each class against the rest, of which rules are chosen greedily above a precision on the fitted rows."""
    from imodels import SkopeRulesClassifier
    from sklearn.feature_extraction.text import CountVectorizer

    case = _Case(split, CountVectorizer(min_df=3, binary=True))
    fitted, held_out = case.fitted.astype(np.float32), case.held_out.astype(np.float32)
    names = [f"w{column}" for column in range(fitted.shape[1])]
    rules: list[tuple[int, str]] = []
    for number in case.classes:
        if not 1 < (case.says == number).sum() < len(case.says):
            continue
        model = SkopeRulesClassifier(
            precision_min=0.8, recall_min=0.02, n_estimators=20, max_depth=[2, 3], max_features=0.5, random_state=0
        )
        model.fit(fitted, (case.says == number).astype(int), feature_names=names)
        rules += [(number, str(rule[0] if isinstance(rule, tuple) else rule.rule)) for rule in model.rules_]
    covers = [(number, _cover(rule, fitted), _cover(rule, held_out)) for number, rule in rules]
    return [
        {"part": "rules", "method": f"{SKOPE}, each class against the rest", "at": threshold}
        | _greedy(covers, case, threshold)
        for threshold in split["thresholds"]
    ]


def _cover(rule: str, rows: Any) -> Any:
    covered = np.ones(len(rows), dtype=bool)
    for part in rule.split(" and "):
        found = re.fullmatch(r"\s*w(\d+)\s*(<=|>)\s*([-\d.e]+)\s*", part)
        if found is None:
            raise ValueError(f"a rule of an unknown form: {rule}")
        values, limit = rows[:, int(found[1])], float(found[3])
        covered &= values <= limit if found[2] == "<=" else values > limit
    return covered


def _greedy(covers: list[tuple[int, Any, Any]], case: _Case, threshold: float) -> dict[str, Any]:
    """At most 40 rules, each time the one that covers the most; a rule's precision is corrected as Laplace does."""
    good = [
        cover for cover in covers if ((case.says[cover[1]] == cover[0]).sum() + 1) / (cover[1].sum() + 2) >= threshold
    ]
    left, open_ = np.ones(len(case.says), dtype=bool), np.ones(len(case.truth), dtype=bool)
    right: list[bool] = []
    n_rules = 0
    while good and n_rules < _RULES:
        gains = [int((own & left).sum()) for _, own, _ in good]
        if max(gains) < 1:
            break
        number, own, other = good.pop(int(np.argmax(gains)))
        right += (case.truth[other & open_] == number).tolist()
        left, open_, n_rules = left & ~own, open_ & ~other, n_rules + 1
    return {
        "coverage": len(right) / len(case.truth),
        "precision": float(np.mean(right)) if right else float("nan"),
        "shown": n_rules,
    }


def run(splits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of every peer and split."""
    rows: list[dict[str, Any]] = []
    for name, part, measure in ((MIMIC, "linear", mimic_rows), (SKOPE, "rules", skope_rows)):
        try:
            told = f"{PACKAGES[name]} {version(PACKAGES[name])} with scikit-learn {version('scikit-learn')}"
        except PackageNotFoundError:
            note = f"not measured: {PACKAGES[name]} is not installed"
            rows.append({"part": part, "method": name, "note": note})
            continue
        try:
            for split in splits:
                found = measure(split)
                rows += [{**row, "seed": split["seed"], "package": told} for row in found]
        except (ImportError, TypeError, ValueError, AttributeError) as error:
            note = f"not measured: {told} fails here with {type(error).__name__}: {str(error)[:120]}"
            rows.append({"part": part, "method": name, "note": " ".join(note.split())})
    return rows


def main() -> None:
    """Read the splits, write the rows."""
    warnings.filterwarnings("ignore")
    source, target = map(Path, sys.argv[1:])
    target.write_text(json.dumps(run(json.loads(source.read_text(encoding="utf-8")))), encoding="utf-8")


if __name__ == "__main__":
    main()
