"""Assembly: from a fitted pipeline, or a text and a model, to an Explanation.  The only place where asking and evidence meet."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from surrogate import recipes
from surrogate.appraisal import appraise, count_calls, read_decision
from surrogate.errors import InputError
from surrogate.evidence import Policy, find_flips
from surrogate.explanation import Explanation
from surrogate.findings import find_findings, state_limits
from surrogate.fit import Panel
from surrogate.neighborhood import ROLES, Neighborhood
from surrogate.perturb import MIN_SAMPLES
from surrogate.provenance import describe_model, describe_production
from surrogate.store import MemoryStore, SqliteStore, default_store_path

__all__ = ["explain", "explanation_of"]


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
        The label to explain; None: the recipe's, or else the one the model gives.
    contrast : str, optional
        The label to compare it with; None: the recipe's, or else all others together.
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
    pipe.set_params(query__progress=asked)
    # What is not named here is the recipe's to say.
    given = {"surrogate__target": target, "surrogate__contrast": contrast}
    pipe.set_params(**{name: label for name, label in given.items() if label is not None})
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
        members = tuple(
            appraise(name, estimator.models_[text], estimator.taught_by_[text], whole, outcome, policy)
            for name, estimator in fitted.items()
        )
        model = describe_model(pipe.named_steps["query"].black_box)
        decision = read_decision(whole, outcome)
        return Explanation(
            document=whole.documents[0],
            decision=decision,
            members=members,
            flips=find_flips(whole, outcome),
            calls=count_calls(whole),
            model=model,
            production=describe_production(pipe, whole, outcome, policy, recipe_name),
            findings=find_findings(members, decision, whole, outcome),
            limits=state_limits(whole, outcome, model),
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
    if set(calls) != set(ROLES):
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
