"""Assembly: from a fitted pipeline, or a text and a model, to an Explanation.  The only place where asking and evidence meet."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from sklearn.base import clone
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from surrogate import recipes
from surrogate.adaptive import Adaptive
from surrogate.appraisal import appraise
from surrogate.beside import check_baselines, measure_beside
from surrogate.case import Case, read_decision, teaching_part
from surrogate.confirm import Asker, joined
from surrogate.evidence import Policy, find_flips
from surrogate.explanation import Explanation, Member
from surrogate.findings import find_findings, state_limits
from surrogate.fit import Panel, Surrogate, Teacher
from surrogate.long_text import MOST_UNITS, Prepared, new_rows, prepare
from surrogate.neighborhood import Neighborhood
from surrogate.noise import n_asked_again, pipeline_noise
from surrogate.outcome import resolve_outcome
from surrogate.plan import Calls, check_calls, confirm_of, confirm_share, count_calls, most_texts, set_plan
from surrogate.provenance import describe_model, describe_production
from surrogate.query import ask_afresh
from surrogate.refinement import Refinement
from surrogate.repeats import with_repeats
from surrogate.rows import original_row
from surrogate.stopping import Stopping
from surrogate.store import MemoryStore, SqliteStore, default_store_path
from surrogate.units import Document

__all__ = ["explain", "explanation_of"]


def explain(
    text: str | Document,
    model: Any,
    pipeline: str | Path | Pipeline = "local",
    *,
    target: str | None = None,
    contrast: str | None = None,
    calls: Calls = "auto",
    budget: int | None = None,
    units: str | None = None,
    baselines: Sequence[str] = (),
    classes: Sequence[str] | None = None,
    store: bool | str | Path | Any = True,
    policy: Policy | None = None,
    reference: str | Path | None = None,
    device: str = "auto",
    dtype: str = "float32",
    too_long: str = "cut",
    progress: Callable[[int, int], None] | None = None,
    allow_remote: bool = False,
    announce: Callable[[str], None] | None = None,
) -> Explanation:
    """Explain one decision of a model.

    Parameters
    ----------
    text : str or Document
        A document brings units of its own, such as the fields of a form.
    model : str, Path, estimator, callable or BlackBox
        A shipped name, a local folder or hub name that ``from_pretrained`` understands, a ``.skops`` file, a fitted
        scikit-learn text classifier, or a callable from texts to probabilities, array of shape (n_texts, n_classes).
    pipeline : str, Path or sklearn.pipeline.Pipeline, default "local"
        A shipped recipe, a TOML file, or a pipeline.
    target : str, optional
        The label to explain; None: the recipe's, or else the one the model gives.
    contrast : str, optional
        The label to compare it with; None: the recipe's, or else all others together.
    calls : "auto", int or dict, default "auto"
        "auto": doubled until what a reader sees has settled; a number: the most distinct texts to ask about; or a plan such
        as ``{"fit": 64, "select": 16, "test": 128}``; None: the recipe's.
    budget : int, optional
        The most distinct texts that "auto" may ask about; None: 1,024.
    units : str, optional
        What is kept or removed: "word", "token", "phrase", "sentence", "paragraph", "line" or "json"; None: the recipe's.
    baselines : sequence of {"lime", "shap"}, default ()
        Packages to run on the same text and to measure on the same test copies; what they ask comes on top.
    classes : sequence of str, optional
        Names of the columns of a callable, or the labels that a causal language model chooses from.
    store : bool, str, Path or AnswerStore, default True
        True: answers are kept in the user's cache folder; False: in memory only; a path: in that SQLite file.
    policy : Policy, optional
        What the evidence must show.
    reference : str or Path, optional
        Answers recorded where the model is deployed, as :func:`surrogate.blackbox.parity.read_recorded` reads them; nothing
        is explained unless the model gives them here too.
    device, dtype, too_long : str
        How torch computes the model, as :func:`surrogate.blackbox.load_model` takes them.
    progress : callable (n_done, n_all) -> None, optional
    allow_remote : bool, default False
        Whether an endpoint may be on another machine, and so altered copies of the text be sent there.
    announce : callable (str) -> None, optional
        Told, before anything is sent to an endpoint, how many texts may be sent where, and with which budget.

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
    from surrogate.blackbox.parity import require_parity
    from surrogate.units import split_units

    # What cannot be used is refused before a model is loaded; tokens are known only then.
    check_calls(calls)
    check_baselines(baselines)
    if not isinstance(text, Document):
        split_units(text, "word" if units in (None, "token") else units, max_units=MOST_UNITS)
    start = time.perf_counter()
    named = isinstance(model, str | Path)
    black_box = load_model(
        model,
        classes=None if named else classes,
        labels=classes if named else None,
        device=device,
        dtype=dtype,
        too_long=too_long,
        allow_remote=allow_remote,
    )
    if hasattr(black_box, "require_whole"):
        # also where the store holds an answer to the text, cut and flagged
        black_box.require_whole([text.text if isinstance(text, Document) else text])
    pipe = _pipeline(pipeline, black_box, _store(store))
    if announce is not None and hasattr(black_box, "announcement"):
        n_texts = most_texts(pipe, calls, Adaptive(pipe).budget if budget is None else budget)
        more = [*baselines, *(["--reference"] if reference is not None else [])]
        announce(black_box.announcement(n_texts) + (f" Comes on top: what {' and '.join(more)} asks." if more else ""))
    if reference is not None:
        require_parity(black_box, Path(reference), ask_afresh(black_box, pipe.named_steps["query"].store))
    loaded = time.perf_counter()
    asked = _Asked(progress)
    pipe.set_params(query__progress=asked)
    # What is not named here is the recipe's to say.
    given = {"surrogate__target": target, "surrogate__contrast": contrast, "perturb__units": units}
    pipe.set_params(**{name: value for name, value in given.items() if value is not None})
    recipes.fit_to_box(pipe, black_box)
    ready = prepare(pipe, text, calls, budget)
    pipe, stopping, n_confirm = _settle(pipe, ready.text, ready.calls, ready.budget)
    policy = Policy() if policy is None else policy
    whole = _answered(pipe, ready.text, _total(pipe, ready))
    explanation = _explain(pipe, ready, whole, stopping, n_confirm, policy, _recipe_name(pipeline))
    beside = _beside(baselines, pipe, whole, explanation)
    end = time.perf_counter()
    return replace(
        explanation,
        side_by_side=beside,
        run={"load_s": loaded - start, "explain_s": end - loaded, "n_asked": asked.total},
    )


def _beside(
    names: Sequence[str], pipe: Pipeline, whole: Neighborhood, explanation: Explanation
) -> tuple[dict[str, Any], ...]:
    if not names:
        return ()
    decision = explanation.decision
    original = whole.answers.take([original_row(whole)])  # type: ignore[union-attr]
    outcome = resolve_outcome(whole.classes, decision.target, decision.contrast, original, whole.multi_label)
    return measure_beside(names, pipe, whole, outcome, explanation.members)


def _settle(pipe: Pipeline, text: str | Document, calls: Calls, budget: int | None) -> tuple[Pipeline, Stopping, int]:
    """The pipeline with its number of samples, why that many, and how many calls are left for confirmation."""
    perturb = pipe.named_steps["perturb"]
    if calls == "auto":
        adaptive = Adaptive(pipe) if budget is None else Adaptive(pipe, budget=budget)
        adaptive.fit([text])
        return adaptive.pipeline_, adaptive.stopping_, adaptive.n_confirm_
    if calls is None:
        pipe.fit([text])
        return pipe, Stopping("fixed"), confirm_share(pipe, int(perturb.n_samples))
    n_confirm = set_plan(pipe, cast("int | Mapping[str, int]", calls), perturb.fit([text]).documents_[0].n_units)
    _ask_at_once(pipe, text)
    pipe.fit([text])
    ceiling = None if isinstance(calls, Mapping) else pipeline_noise(pipe, text, int(calls))
    return pipe, Stopping("fixed", noise_ceiling=ceiling), n_confirm


def _explain(
    pipe: Pipeline,
    ready: Prepared,
    whole: Neighborhood,
    stopping: Stopping,
    n_confirm: int,
    policy: Policy,
    recipe_name: str,
) -> Explanation:
    """Explain with surrogates that every answer but the test part has taught."""
    teaching = teaching_part(whole)
    with threadpool_limits(1):
        teacher = Teacher()
        surrogate = clone(pipe.named_steps["surrogate"]).fit(teaching, teacher=teacher)
    return _explanation(
        pipe, surrogate, whole, teaching, teacher, stopping, n_confirm, policy, recipe_name, ready.refinement
    )


class _Asked:
    """Pass progress on, and remember how many texts the model was really asked about."""

    def __init__(self, progress: Callable[[int, int], None] | None) -> None:
        self.progress = progress
        self.total = 0

    def __sklearn_clone__(self) -> _Asked:
        return self

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
        Of the surrogates as they were fitted; its calls for confirmation come on top of the pipeline's sample.
    """
    policy = Policy() if policy is None else policy
    whole = _answered(pipe, text, int(pipe.named_steps["perturb"].n_samples))
    n_confirm = confirm_share(pipe, int(pipe.named_steps["perturb"].n_samples))
    surrogate = pipe.named_steps["surrogate"]
    return _explanation(pipe, surrogate, whole, whole, Teacher(), Stopping("fixed"), n_confirm, policy, recipe_name)


def _explanation(
    pipe: Pipeline,
    surrogate: Surrogate | Panel,
    whole: Neighborhood,
    teaching: Neighborhood,
    teacher: Teacher,
    stopping: Stopping,
    n_confirm: int,
    policy: Policy,
    recipe_name: str,
    refinement: Refinement | None = None,
) -> Explanation:
    text = whole.documents[0].text
    fitted: dict[str | None, Surrogate] = {None: surrogate} if isinstance(surrogate, Surrogate) else {}
    if isinstance(surrogate, Panel):
        fitted.update(surrogate.members_)
    outcome = next(iter(fitted.values())).outcomes_[text]
    asker = Asker(pipe, whole, outcome, 0 if whole.exhaustive else n_confirm)
    case = Case(whole, teaching, outcome, policy, asker, teacher)
    members = tuple(
        _appraise(name, estimator, case, confirm_of(n_confirm, estimator, fitted.values()))
        for name, estimator in fitted.items()
    )
    everything = joined(whole, [*asker.asked, *new_rows(refinement, whole)])
    model = describe_model(pipe.named_steps["query"].black_box)
    decision = read_decision(whole, outcome)
    n_repeats = 0 if stopping.noise_ceiling is None else n_asked_again(pipe.named_steps["query"].black_box, whole)
    return Explanation(
        document=whole.documents[0],
        decision=decision,
        members=members,
        flips=find_flips(everything, outcome),
        calls=count_calls(everything, n_repeats),
        model=model,
        production=describe_production(pipe, everything, outcome, policy, recipe_name),
        findings=find_findings(members, decision, whole, outcome),
        limits=state_limits(whole, outcome, model),
        stopping=stopping,
        refinement=None if refinement is None else refinement.to_dict(),
    )


def _appraise(name: str | None, estimator: Surrogate, case: Case, n_confirm: int) -> Member:
    case.asker.allow(n_confirm)
    return appraise(name, estimator, case)


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


def _ask_at_once(pipe: Pipeline, text: str | Document) -> None:
    """Fill the store with all that the explanation will need, in one reading."""
    query = pipe.named_steps["query"]
    query.fit(None).transform(pipe.named_steps["perturb"].draw([text]))


def _answered(pipe: Pipeline, text: str | Document, total: int) -> Neighborhood:
    neighborhood = pipe.named_steps["perturb"].draw([text])
    for _, step in pipe.steps[1:-1]:
        neighborhood = step.transform(neighborhood)
    return with_repeats(neighborhood, pipe.named_steps["query"], total)


def _total(pipe: Pipeline, ready: Prepared) -> int:
    """The most calls of an explanation."""
    if ready.calls == "auto":
        return int(Adaptive(pipe).budget) if ready.budget is None else int(ready.budget)
    if isinstance(ready.calls, Mapping):
        return sum(int(number) for number in ready.calls.values())
    return int(pipe.named_steps["perturb"].n_samples if ready.calls is None else ready.calls)  # type: ignore[arg-type]
