"""Local explanations: from one text and a model to an Explanation."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sklearn.pipeline import Pipeline

from surrogate import recipes
from surrogate.adaptive import Adaptive
from surrogate.assembly import assemble, teach
from surrogate.beside import check_baselines, measure_beside
from surrogate.embeddings import given_embedder
from surrogate.errors import InputError
from surrogate.evidence import Policy
from surrogate.explanation import Explanation
from surrogate.kernel_width import with_width
from surrogate.local_pipeline import configure, local_pipeline
from surrogate.long_text import MOST_UNITS, prepare
from surrogate.outcome import resolve_outcome
from surrogate.plan import Calls, check_calls, most_texts
from surrogate.query import ask_afresh
from surrogate.rows import original_row
from surrogate.second import measure_second, with_second
from surrogate.second_samplers import check_second, second_samplers, try_second
from surrogate.settling import Settled, settle
from surrogate.store import open_store
from surrogate.store.recording import RecordingStore
from surrogate.transcribing import second_request, transcribed
from surrogate.units import Document

__all__ = ["explain"]

#: What an endpoint's owner is told asks more.
SECOND = "the second sampler"


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
    second: Any = None,
    infill_model: Any = None,
    corpus: Any = None,
    second_calls: int = 128,
    embeddings: str | Path | Any = "auto",
    rules: Any = None,
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
    second : {"infill", "retrieve", "delete", "mask"}, sampler, or list of them, optional
        Measure the surrogates on texts of a second sampler too: does the explanation survive on texts that read like texts?
        What is asked for it comes on top.
    infill_model : str, Path or Filler, optional
        The masked language model of ``second="infill"``; None: the recipe's.
    corpus : Documents, sequence of str, str or Path, optional
        Texts, or a file of texts: the nearest are shown with what the model decides on them (precedents), and
        ``second="retrieve"`` measures on them.  What is asked about them comes on top.
    second_calls : int, default 128
        The most texts of the second sampler.
    embeddings : str, Path or Embedder, default "auto"
        In which embeddings texts of the corpus, and copies for a locality kernel on embeddings, are near: "auto", the model's
        own, or what :func:`surrogate.blackbox.embedding_sources.load_embedder` takes.
    rules : CorpusExplanation, str or Path, optional
        An audit, or its ``report.json``: which of its rules hold for the text is told.
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
    from surrogate.blackbox.opening import open_model
    from surrogate.blackbox.parity import require_parity
    from surrogate.corpus.around import read_around
    from surrogate.units import split_units

    # What cannot be used is refused before a model is loaded; tokens are known only then.
    check_calls(calls)
    check_baselines(baselines)
    check_second(second, second_calls, infill_model=infill_model, corpus=corpus)
    if not isinstance(text, Document):
        split_units(text, "word" if units in (None, "token") else units, max_units=MOST_UNITS)
    around = read_around(corpus, rules)
    start = time.perf_counter()
    black_box = open_model(model, classes, device=device, dtype=dtype, too_long=too_long, allow_remote=allow_remote)
    _require_whole(black_box, text)
    policy, recording = policy or Policy(), RecordingStore(open_store(store))
    pipe = local_pipeline(pipeline, black_box, recording)
    recipe = recipes.dump(pipe, recipes.recipe_name(pipeline))
    if not (embeddings is None or (isinstance(embeddings, str) and embeddings == "auto")):
        _set_embedder(pipe, given_embedder(embeddings, device, allow_remote), corpus is not None)
    asked = _Asked(progress)
    around = around.within(black_box, embeddings, recording.inner, device, asked, allow_remote)
    if announce is not None:
        more = [*baselines, *([SECOND] if second else []), *around.announced(black_box)]
        more += ["--reference"] if reference is not None else []
        n_texts = most_texts(pipe, calls, Adaptive(pipe).budget if budget is None else budget)
        _announce(announce, black_box, n_texts, more, around.sent(black_box))
    if reference is not None:
        require_parity(black_box, Path(reference), ask_afresh(black_box, pipe.named_steps["query"].store))
    loaded = time.perf_counter()
    pipe.set_params(query__progress=asked)
    configure(pipe, target=target, contrast=contrast, units=units)
    samplers = second_samplers(second, pipe, infill_model=infill_model, corpus=corpus)
    for sampler in samplers:
        _try(sampler, text, second_calls, pipe.named_steps["perturb"].units, announce)
    ready = prepare(pipe, text, calls, budget)
    settled = settle(with_width(pipe, ready.text), ready)
    explanation = assemble(settled, teach(settled), policy, recipes.recipe_name(pipeline), ready.refinement)
    beside = _beside(baselines, settled, explanation)
    for sampler in samplers:
        explanation = with_second(explanation, measure_second(sampler, settled, explanation, second_calls))
    given: dict[str, Any] = {"target": target, "contrast": contrast, "calls": calls, "budget": budget, "units": units}
    given |= {
        "pipeline": recipe,
        "policy": policy.to_dict(),
        "baselines": list(baselines),
        "second_calls": second_calls,
    }
    request = given | second_request(second, infill_model, corpus, rules)
    transcript = transcribed(explanation, recording, settled.pipe, request, text)
    explanation = around.added_to(explanation, black_box)
    end = time.perf_counter()
    return replace(
        explanation,
        side_by_side=beside,
        transcript=transcript,
        run={"load_s": loaded - start, "explain_s": end - loaded, "n_asked": asked.total},
    )


def _require_whole(black_box: Any, text: str | Document) -> None:
    """Refuse a text that is too long, also where the store holds an answer to it, cut and flagged."""
    if hasattr(black_box, "require_whole"):
        black_box.require_whole([text.text if isinstance(text, Document) else text])


def _set_embedder(pipe: Pipeline, embedder: Any, has_corpus: bool) -> None:
    """Let a locality kernel on embeddings go by an embedder that was named."""
    if pipe.named_steps["weigh"].kernel == "embedding_cosine":
        pipe.set_params(query__embedder=embedder)
    elif not has_corpus:
        raise InputError(
            "bad-parameter",
            "embeddings say in which space texts are near; give a corpus too: --corpus FILE, or a recipe whose [weigh] has "
            'kernel = "embedding_cosine".',
        )


def _announce(
    announce: Callable[[str], None], black_box: Any, n_texts: int, more: Sequence[str], elsewhere: str
) -> None:
    """Say how many texts may be sent to an endpoint, and what is sent to another one."""
    if hasattr(black_box, "announcement"):
        on_top = f" Comes on top: what {' and '.join(more)} asks." if more else ""
        announce(f"{black_box.announcement(n_texts)}{on_top}")
    if elsewhere:
        announce(elsewhere)


def _try(sampler: Any, text: str | Document, n_texts: int, units: str, announce: Callable[[str], None] | None) -> None:
    """Refuse what a second sampler cannot work on, and say what it may send where."""
    try_second(sampler, text, n_texts, units)
    if announce is not None and hasattr(getattr(sampler, "rewriter", None), "announcement"):
        announce(sampler.rewriter.announcement(2 * n_texts))


def _beside(names: Sequence[str], settled: Settled, explanation: Explanation) -> tuple[dict[str, Any], ...]:
    if not names:
        return ()
    decision, whole = explanation.decision, settled.whole
    original = whole.answers.take([original_row(whole)])  # type: ignore[union-attr]
    outcome = resolve_outcome(whole.classes, decision.target, decision.contrast, original, whole.multi_label)
    return measure_beside(names, settled.pipe, whole, outcome, explanation.members)


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
