"""Assembly: from a fitted pipeline, or a text and a model, to an Explanation.  The only place where asking and evidence meet."""

from __future__ import annotations

import importlib.metadata
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from surrogate import recipes
from surrogate.canonical import canonical, canonical_bytes, digest
from surrogate.errors import InputError
from surrogate.evidence import (
    Policy,
    Rule,
    Verdict,
    fidelity_by_size,
    find_flips,
    find_misses,
    judge,
    measure_fidelity,
    measure_rules,
    with_intervals,
)
from surrogate.explanation import Decision, Explanation, Member
from surrogate.findings import find_findings, state_limits
from surrogate.fit import Panel
from surrogate.linear_model import LinearModel
from surrogate.neighborhood import ROLES, Neighborhood
from surrogate.outcome import Outcome
from surrogate.perturb import MIN_SAMPLES
from surrogate.perturb.designs import rule_coverage
from surrogate.rows import original_row, usable_rows
from surrogate.seeding import content_generator
from surrogate.store import MemoryStore, SqliteStore, default_store_path
from surrogate.tree_model import TreeModel

__all__ = ["explain", "explanation_of"]

REFERENCE_DISTRIBUTION = (
    "Pairs of complementary copies; the share of words kept is uniform between the text and nothing, the words are chosen "
    "at random."
)


def explain(
    text: str,
    model: Any,
    pipeline: str | Path | Pipeline = "local",
    *,
    target: str | None = None,
    contrast: str | None = None,
    calls: int | Mapping[str, int] | None = None,
    classes: Sequence[str] | None = None,
    store: bool | str | Path | Any = True,
    policy: Policy | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Explanation:
    """Explain one decision of a model.

    Parameters
    ----------
    text : str
    model : str, Path, estimator, callable or BlackBox
        A shipped name, a local folder or hub name that ``from_pretrained`` understands, a ``.skops`` file, a fitted
        scikit-learn text classifier, or a callable from texts to probabilities, array of shape (n_texts, n_classes).
    pipeline : str, Path or sklearn.pipeline.Pipeline, default "local"
        A shipped recipe, a TOML file, or a pipeline.
    target : str, optional
        The label to explain; None: the one the model gives.
    contrast : str, optional
        The label to compare it with; None: all others together.
    calls : int or dict, optional
        The most distinct texts to ask about, or a plan such as ``{"fit": 64, "select": 16, "test": 128}``; None: the
        recipe's.
    classes : sequence of str, optional
        Names of the columns of a callable, or the labels that a causal language model chooses from.
    store : bool, str, Path or AnswerStore, default True
        True: answers are kept in the user's cache folder; False: in memory only; a path: in that SQLite file.
    policy : Policy, optional
        What the evidence must show.
    progress : callable (n_done, n_all) -> None, optional

    Returns
    -------
    Explanation

    Raises
    ------
    InputError
        When the text, a label, the recipe or the number of calls cannot be used.
    ModelError
        When the model cannot be loaded or gives unusable answers.

    Examples
    --------
    >>> explanation = explain("pay my bill", lambda texts: [[.9, .1] if "bill" in text else [.2, .8] for text in texts],
    ...                       classes=["money", "other"], store=False)
    >>> explanation.decision.label
    'money'
    """
    from surrogate.blackbox import load_model
    from surrogate.units import split_units

    split_units(text)  # A text that cannot be used is refused before a model is loaded.
    start = time.perf_counter()
    named = isinstance(model, str | Path)
    black_box = load_model(model, classes=None if named else classes, labels=classes if named else None)
    loaded = time.perf_counter()
    pipe = _pipeline(pipeline, black_box, _store(store))
    asked = _Asked(progress)
    pipe.set_params(surrogate__target=target, surrogate__contrast=contrast, query__progress=asked)
    if calls is not None:
        pipe.set_params(**_plan(calls))
    _ask_at_once(pipe, text)
    pipe.fit([text])
    explanation = explanation_of(pipe, text, policy=policy, recipe_name=_recipe_name(pipeline))
    end = time.perf_counter()
    return replace(explanation, run={"load_s": loaded - start, "explain_s": end - loaded, "n_asked": asked.total})


class _Asked:
    """Pass progress on, and remember how many texts the model was really asked about."""

    def __init__(self, progress: Callable[[int, int], None] | None) -> None:
        self.progress = progress
        self.total = 0

    def __call__(self, n_done: int, n_all: int) -> None:
        if n_done == n_all:
            self.total += n_all
        if self.progress is not None:
            self.progress(n_done, n_all)


def explanation_of(pipe: Pipeline, text: str, *, policy: Policy | None = None, recipe_name: str = "") -> Explanation:
    """The explanation of one text by a pipeline that was fitted on it; the test part is read here, once.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
        With the steps perturb, query, weigh and surrogate.
    text : str
    policy : Policy, optional
    recipe_name : str

    Returns
    -------
    Explanation
    """
    policy = Policy() if policy is None else policy
    whole = _answered(pipe, text)
    # One thread: sums over many rows must not depend on how many cores share them.
    with threadpool_limits(1):
        surrogate = pipe.named_steps["surrogate"]
        fitted = surrogate.members_ if isinstance(surrogate, Panel) else {None: surrogate}
        outcome = next(iter(fitted.values())).outcomes_[text]
        calls = _count_calls(whole)
        members = tuple(
            _member(name, estimator.models_[text], whole, outcome, policy, calls) for name, estimator in fitted.items()
        )
        production = _production(pipe, whole, outcome, policy, recipe_name)
        model = _model_card(pipe.named_steps["query"].black_box)
        decision = _decision(whole, outcome)
        return Explanation(
            document=whole.documents[0],
            decision=decision,
            members=members,
            flips=find_flips(whole, outcome),
            calls=calls,
            model=model,
            production=production,
            findings=find_findings(members, decision, whole, outcome),
            limits=state_limits(decision, whole, model),
        )


def _recipe_name(pipeline: str | Path | Pipeline) -> str:
    """Name of a recipe; of a file its last part, since a path says where someone keeps it."""
    return Path(pipeline).stem if isinstance(pipeline, str | Path) else ""


def _pipeline(pipeline: str | Path | Pipeline, black_box: Any, store: Any) -> Pipeline:
    if not isinstance(pipeline, Pipeline):
        return recipes.load(pipeline, black_box, store)
    return recipes.load(recipes.dump(pipeline), black_box, store)


def _store(store: Any) -> Any:
    if store is True:
        return SqliteStore(default_store_path())
    if store is False or store is None:
        return MemoryStore()
    return SqliteStore(store) if isinstance(store, str | Path) else store


def _plan(calls: int | Mapping[str, int]) -> dict[str, Any]:
    """Parameters of the first step for a number of calls or a plan."""
    if isinstance(calls, Mapping):
        return _plan_by_role(calls)
    if isinstance(calls, bool) or not isinstance(calls, int | np.integer) or calls < MIN_SAMPLES:
        raise InputError(
            "bad-calls", f"calls must be a whole number of at least {MIN_SAMPLES}, or a plan by role; got {calls!r}."
        )
    return {"perturb__n_samples": int(calls)}


def _plan_by_role(calls: Mapping[str, int]) -> dict[str, Any]:
    unknown = sorted(set(calls) - set(ROLES))
    if unknown or set(calls) != set(ROLES):
        raise InputError("bad-calls", f"A plan names fit, select and test, each once; got {sorted(calls)}.")
    for role in ROLES:
        number = calls[role]
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < 2 or number % 2:
            raise InputError(
                "bad-calls",
                f"A plan's numbers must be even and at least 2, since copies are drawn in pairs; {role} is {number!r}.",
            )
    total = sum(int(calls[role]) for role in ROLES)
    if total < MIN_SAMPLES:
        raise InputError("bad-calls", f"A plan needs at least {MIN_SAMPLES} calls in all; this one has {total}.")
    return {"perturb__n_samples": total, "perturb__split": tuple(int(calls[role]) // 2 for role in ROLES)}


def _ask_at_once(pipe: Pipeline, text: str) -> None:
    """Fill the store with all that the explanation will need, in one reading."""
    query = pipe.named_steps["query"]
    query.fit(None).transform(pipe.named_steps["perturb"].draw([text]))


def _answered(pipe: Pipeline, text: str) -> Neighborhood:
    neighborhood = pipe.named_steps["perturb"].draw([text])
    for _, step in pipe.steps[1:-1]:
        neighborhood = step.transform(neighborhood)
    return neighborhood


def _count_calls(whole: Neighborhood) -> dict[str, int]:
    """Distinct texts by role; the original is counted for itself."""
    original = whole.documents[0].text
    counts = {"original": 1}
    for role in ("all",) if whole.exhaustive else ROLES:
        texts = {text for text, own in zip(whole.texts, whole.roles, strict=True) if own == role}
        counts[role] = len(texts - {original})
    return {**counts, "total": len(set(whole.texts))}


def _member(
    name: str | None,
    model: LinearModel | TreeModel,
    whole: Neighborhood,
    outcome: Outcome,
    policy: Policy,
    calls: dict[str, int],
) -> Member:
    name = model.kind if name is None else name
    text = whole.documents[0].text
    generator = content_generator("evidence", name, text, whole.n_samples)
    fit = usable_rows(whole.role("fit"), outcome, model.scale)
    test_part = whole.role("test").replace(sample_weight=None)
    test = usable_rows(test_part, outcome, model.scale)
    measurable = (
        (whole.exhaustive or len(np.unique(test.pairs)) > 1) and bool((test.weights > 0).any()) and len(fit.values) > 1
    )
    fidelity = measure_fidelity(model, test, fit, generator=generator) if measurable else None
    verdict = _verdict(model, fidelity, whole, outcome, policy, calls["total"])
    rules: tuple[Rule, ...] = ()
    if isinstance(model, LinearModel) and measurable:
        model = with_intervals(model, fit, generator=generator)
    elif isinstance(model, TreeModel) and measurable:
        rules = measure_rules(model, test, outcome, _coverage(model))
    return Member(
        name,
        model.kind,
        model,
        verdict,
        fidelity,
        rules,
        find_misses(model, test_part, outcome) if measurable else (),
        fidelity_by_size(model, test_part, outcome) if measurable else (),
    )


def _verdict(
    model: LinearModel | TreeModel,
    fidelity: Any,
    whole: Neighborhood,
    outcome: Outcome,
    policy: Policy,
    n_calls: int,
) -> Verdict:
    answers = whole.answers
    if answers is None:
        raise InputError("missing-black-box", "The pipeline has no answers. Put a Query step into it.")
    original = original_row(whole)
    margin = float(outcome.margin(answers.take([original]))[0])
    predicted = float(model.predict_margin(whole.masks[0][[original]])[0])
    return judge(
        fidelity,
        policy=policy,
        n_calls=n_calls,
        unusable_share=float(np.mean(~answers.usable)),
        original_usable=bool(answers.usable[original]),
        decides_alike=(predicted > 0) == (margin > 0),
    )


def _coverage(tree: TreeModel) -> dict[int, float]:
    """Exact share of the reference distribution that reaches each leaf."""
    coverage = {}
    for leaf, literals in tree.paths():
        kept = len({literal.unit for literal in literals if literal.kept})
        removed = len({literal.unit for literal in literals if not literal.kept})
        coverage[leaf] = rule_coverage(tree.n_units, kept, removed)
    return coverage


def _decision(whole: Neighborhood, outcome: Outcome) -> Decision:
    row = original_row(whole)
    answers = whole.answers.take([row])  # type: ignore[union-attr]
    probabilities = answers.probabilities[0]
    return Decision(
        label=outcome.classes[int(np.argmax(probabilities))],
        target=outcome.target,
        opposite=outcome.opposite,
        contrast=outcome.contrast,
        probabilities={name: float(share) for name, share in zip(outcome.classes, probabilities, strict=True)},
        log_odds=float(outcome.log_odds(answers)[0]),
        margin=float(outcome.margin(answers)[0]),
        truncated=bool(answers.truncated[0]),
        refused=bool(answers.refused[0]),
        label_mass=None if answers.label_mass is None else float(answers.label_mass[0]),
    )


def _model_card(black_box: Any) -> dict[str, Any]:
    return {
        "name": black_box.name,
        "kind": black_box.kind,
        "fingerprint": black_box.fingerprint,
        "labels": [str(name) for name in black_box.classes_],
        "multi_label": bool(black_box.multi_label),
        "details": dict(black_box.details),
    }


def _production(
    pipe: Pipeline, whole: Neighborhood, outcome: Outcome, policy: Policy, recipe_name: str
) -> dict[str, Any]:
    toml = recipes.dump(pipe)
    perturb = pipe.named_steps["perturb"]
    answers = whole.answers
    if answers is None:
        raise InputError("missing-black-box", "The pipeline has no answers. Put a Query step into it.")
    return {
        "recipe": {"name": recipe_name, "toml": toml, "sha256": digest(toml)},
        "fitted": outcome.description,
        "perturbation": whole.perturbation,
        "design": perturb.design,
        "reference_distribution": REFERENCE_DISTRIBUTION,
        "random_state": int(perturb.random_state),
        "exhaustive": whole.exhaustive,
        "n_copies": whole.n_samples,
        "n_truncated": int(answers.truncated.sum()),
        "n_refused": int(answers.refused.sum()),
        "clipped_share": float(outcome.clipped(answers).mean()),
        "answers_sha256": _answers_digest(whole),
        "text_sha256": digest(whole.documents[0].text),
        "policy": policy.to_dict(),
        "versions": _versions(),
    }


def _answers_digest(whole: Neighborhood) -> str:
    rows = [
        [digest(text), canonical(list(row))]
        for text, row in zip(whole.texts, whole.answers.probabilities, strict=True)  # type: ignore[union-attr]
    ]
    return digest(canonical_bytes(sorted(rows, key=lambda row: str(row[0]))))


def _versions() -> dict[str, str]:
    """Versions of the packages that decide a number; those that are not installed are left out."""
    versions = {}
    for name in ("surrogate-explainer", "numpy", "scipy", "scikit-learn", "torch", "transformers", "tokenizers"):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions
