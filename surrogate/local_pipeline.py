"""The pipeline of one text: a recipe made ready for a model, with what was named set in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sklearn.pipeline import Pipeline

from surrogate import recipes
from surrogate.errors import InputError

__all__ = ["configure", "local_pipeline"]


def local_pipeline(pipeline: str | Path | Pipeline, black_box: Any, store: Any) -> Pipeline:
    """The pipeline of a recipe, with the model to ask and the store of its answers.

    Parameters
    ----------
    pipeline : str, Path or sklearn.pipeline.Pipeline
        A shipped recipe, a TOML file or its text, or a pipeline, which is copied.
    black_box : BlackBox
    store : AnswerStore

    Raises
    ------
    InputError
        ``bad-recipe`` for one of a corpus, and as :func:`surrogate.recipes.load`.

    Examples
    --------
    >>> from surrogate.blackbox import FunctionBox
    >>> pipe = local_pipeline("local", FunctionBox(lambda texts: [[0.5, 0.5]] * len(texts), classes=["a", "b"]), None)
    >>> [name for name, _ in pipe.steps]
    ['perturb', 'query', 'weigh', 'surrogate']
    """
    pipe = recipes.load(recipes.dump(pipeline) if isinstance(pipeline, Pipeline) else pipeline)
    if "weigh" not in pipe.named_steps:
        raise InputError(
            "bad-recipe",
            f"The recipe {recipes.recipe_name(pipeline) or 'given'!r} is for a corpus: use surrogate audit. A single text needs "
            "one with [weigh], such as local.",
        )
    filler = getattr(pipeline.named_steps["perturb"], "model", None) if isinstance(pipeline, Pipeline) else None
    if filler is not None:
        # the one that was given, not another of its name
        pipe.set_params(perturb__model=filler)
    pipe.set_params(query__black_box=black_box, query__store=store)
    recipes.fit_to_box(pipe, black_box)
    return pipe


def configure(pipe: Pipeline, *, target: str | None, contrast: str | None, units: str | None) -> None:
    """Set what was named, and what only the model knows; what was not named is the recipe's to say.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
    target, contrast, units : str or None

    Examples
    --------
    >>> from surrogate.blackbox import FunctionBox
    >>> pipe = local_pipeline("local", FunctionBox(lambda texts: [[0.5, 0.5]] * len(texts), classes=["a", "b"]), None)
    >>> configure(pipe, target=None, contrast=None, units="sentence")
    >>> pipe.named_steps["perturb"].units
    'sentence'
    """
    given = {"surrogate__target": target, "surrogate__contrast": contrast, "perturb__units": units}
    pipe.set_params(**{name: value for name, value in given.items() if value is not None})
    recipes.fit_to_box(pipe, pipe.named_steps["query"].black_box)
