"""Recipes: pipelines as TOML files that a reviewer can read, compare and sign.

Only the classes listed here can be named; a key that does not exist is an error that names the file, the table, the key
and the nearest valid one.  ``load(dump(pipe))`` gives the same pipeline.
"""

from __future__ import annotations

import difflib
import inspect
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import tomli_w
from sklearn.pipeline import Pipeline

from surrogate.blanks import Filler
from surrogate.errors import InputError
from surrogate.locate import data_folder
from surrogate.perturb import Infill, Mixture, Perturb, ReplaceByMask
from surrogate.recipe_classes import CORPUS_STEPS, NESTED, STEPS
from surrogate.store import MemoryStore

__all__ = [
    "CORPUS_STEPS",
    "STEPS",
    "dump",
    "fit_to_box",
    "load",
    "read_recipe",
    "recipe_name",
    "shipped_recipes",
    "show_recipe",
]

_HEAD = ("name", "summary")
#: Parameters that belong to a run, not to a recipe.
_RUNTIME = {"black_box", "store", "progress", "tokenize", "embedder"}


def shipped_recipes() -> dict[str, str]:
    """Names and summaries of the shipped recipes, by name.

    Examples
    --------
    >>> "local" in shipped_recipes()
    True
    """
    paths = sorted(data_folder("pipelines").glob("*.toml"))
    return {path.stem: str(read_recipe(path).get("summary", "")) for path in paths}


def load(recipe: str | Path, black_box: Any = None, store: Any = None) -> Pipeline:
    """A pipeline from a recipe.

    Parameters
    ----------
    recipe : str or Path
        Name of a shipped recipe, path of a TOML file, or the TOML text that :func:`dump` gave.
    black_box : BlackBox, optional
        What is explained; it can also be set later with ``pipe.set_params(query__black_box=…)``.
    store : AnswerStore, optional
        Where answers are kept; None: in memory, shared by clones of the pipeline.

    Returns
    -------
    sklearn.pipeline.Pipeline
        perturb, query, weigh, surrogate; for a corpus describe in place of weigh.

    Raises
    ------
    InputError
        ``unknown-pipeline``, ``bad-recipe``, ``unknown-recipe-key`` or ``bad-recipe-value``.

    Examples
    --------
    >>> pipe = load("local")
    >>> [name for name, _ in pipe.steps]
    ['perturb', 'query', 'weigh', 'surrogate']
    >>> dump(load(dump(pipe))) == dump(pipe)
    True
    """
    where, data = _read(recipe)
    tables = CORPUS_STEPS if "describe" in data else STEPS
    unknown = sorted(set(data) - set(tables) - set(_HEAD))
    if unknown:
        raise _unknown(where, "the top level", unknown[0], [*_HEAD, *tables])
    steps = []
    for name, classes in tables.items():
        if name not in data:
            raise InputError("bad-recipe", f"{where} lacks the table [{name}]. Add it, as the shipped recipes do.")
        steps.append((name, _build(data[name], classes, where, name)))
    pipe = Pipeline(steps)
    pipe.set_params(query__black_box=black_box, query__store=MemoryStore() if store is None else store)
    if black_box is not None and tables is STEPS:
        fit_to_box(pipe, black_box)
    return pipe


def dump(pipe: Pipeline, name: str = "", summary: str = "") -> str:
    """The recipe of a pipeline as TOML, every parameter spelled out; those that are None are left out.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
        With the steps perturb, query, weigh and surrogate; or describe in place of weigh.
    name, summary : str
        Written at the top when given.

    Raises
    ------
    InputError
        ``bad-recipe`` when a step cannot be named in a recipe.
    """
    head = {key: value for key, value in (("name", name), ("summary", summary)) if value}
    tables: dict[str, Any] = {}
    for step, classes in (CORPUS_STEPS if "describe" in pipe.named_steps else STEPS).items():
        if step not in pipe.named_steps:
            raise InputError(
                "bad-recipe", f"A recipe needs the step {step!r}; the pipeline has {list(pipe.named_steps)}."
            )
        tables[step] = _describe(pipe.named_steps[step], classes, step)
    return tomli_w.dumps({**head, **tables})


def read_recipe(path: Path) -> dict[str, Any]:
    """The tables of a recipe file.

    Raises
    ------
    InputError
        ``bad-recipe`` when it cannot be read as TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError("bad-recipe", f"{path.name} cannot be read as TOML: {error}.") from error


def show_recipe(name: str) -> str:
    """The TOML text of a shipped recipe or a recipe file.

    Raises
    ------
    InputError
        ``unknown-pipeline``.

    Examples
    --------
    >>> show_recipe("lime").splitlines()[0]
    'name = "lime"'
    """
    return _find(name).read_text(encoding="utf-8")


def recipe_name(pipeline: str | Path | Pipeline) -> str:
    r"""Name of a recipe; of a file its last part, since a path says where someone keeps it; of a text what it says itself.

    Examples
    --------
    >>> recipe_name("local"), recipe_name("somewhere/mine.toml"), recipe_name('name = "own"\n'), recipe_name(load("local"))
    ('local', 'mine', 'own', '')
    """
    if isinstance(pipeline, Pipeline):
        return ""
    return str(_read(pipeline)[1].get("name", "")) if "\n" in str(pipeline) else Path(pipeline).stem


def _read(recipe: str | Path) -> tuple[str, dict[str, Any]]:
    if isinstance(recipe, str) and "\n" in recipe:
        try:
            return "the recipe", tomllib.loads(recipe)
        except tomllib.TOMLDecodeError as error:
            raise InputError("bad-recipe", f"The recipe is not valid TOML: {error}.") from error
    path = _find(recipe)
    return path.name, read_recipe(path)


def _find(recipe: str | Path) -> Path:
    path = Path(recipe)
    if path.suffix == ".toml" and path.is_file():
        return path
    folder = data_folder("pipelines")
    names = sorted(entry.stem for entry in folder.glob("*.toml"))
    if str(recipe) in names:
        return folder / f"{recipe}.toml"
    raise InputError(
        "unknown-pipeline",
        f"There is no recipe named {str(recipe)!r} and no .toml file of that path.{_nearest(str(recipe), names)} "
        f"Shipped recipes: {', '.join(names)}.",
    )


def _build(table: Any, classes: dict[str, type], where: str, place: str) -> Any:
    if not isinstance(table, dict):
        raise InputError("bad-recipe-value", f"{where}: [{place}] must be a table.")
    if table.get("class") not in classes:
        raise InputError(
            "unknown-recipe-key",
            f"{where}: [{place}] class = {table.get('class')!r} is not allowed."
            f"{_nearest(str(table.get('class')), list(classes))} Allowed: {', '.join(classes)}.",
        )
    kind = classes[table["class"]]
    allowed = _parameters(kind)
    params: dict[str, Any] = {}
    for key, value in table.items():
        if key == "class":
            continue
        if key not in allowed:
            raise _unknown(where, f"[{place}]", key, ["class", *allowed])
        inner = NESTED.get(kind, ("", {}))
        params[key] = _nested(value, inner[1], where, f"{place}.{key}") if key == inner[0] else _given(kind, key, value)
    if kind in NESTED and NESTED[kind][0] not in params:
        key = NESTED[kind][0]
        raise InputError("bad-recipe", f"{where}: [{place}] lacks the tables of its {key}, [{place}.{key}.NAME].")
    return _checked(kind, params, where, place)


def _nested(tables: Any, classes: dict[str, type], where: str, place: str) -> list[tuple[str, Any]]:
    if not isinstance(tables, dict) or not tables:
        raise InputError("bad-recipe-value", f"{where}: [{place}] must hold one table for each member.")
    return [(name, _build(table, classes, where, f"{place}.{name}")) for name, table in tables.items()]


def _checked(kind: type, params: dict[str, Any], where: str, place: str) -> Any:
    step = kind(**params)
    try:
        step._validate_params()
    except ValueError as error:
        raise InputError("bad-recipe-value", f"{where}: [{place}] {error}") from error
    return step


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _given(kind: type, key: str, value: Any) -> Any:
    """The value of a key; false stands for none where the parameter is no switch."""
    default = _defaults(kind)[key]
    return None if value is False and not isinstance(default, bool) else _value(value)


def _parameters(kind: type) -> list[str]:
    return [name for name in _defaults(kind) if name not in _RUNTIME]


@cache
def _defaults(kind: type) -> dict[str, Any]:
    """The parameters of a step's constructor, in order, with their defaults."""
    return {name: parameter.default for name, parameter in inspect.signature(kind).parameters.items()}


def _describe(step: Any, classes: dict[str, type], place: str) -> dict[str, Any]:
    name = type(step).__name__
    if classes.get(name) is not type(step):
        raise InputError("bad-recipe", f"The step {place!r} is a {name}, which a recipe cannot name.")
    table: dict[str, Any] = {"class": name}
    kind: type = type(step)
    for key in _parameters(kind):
        value = getattr(step, key)
        inner_key, inner_classes = NESTED.get(kind, ("", {}))
        if key == inner_key:
            table[key] = {member: _describe(inner, inner_classes, f"{place}.{member}") for member, inner in value}
        elif isinstance(value, Filler):
            table[key] = value.name
        elif value is not None:
            table[key] = list(value) if isinstance(value, tuple) else value
        elif _defaults(kind)[key] is not None:
            # TOML knows no "none": it is written where leaving it out would mean something else
            table[key] = False
    return table


def fit_to_box(pipe: Pipeline, black_box: Any) -> None:
    """Fill in what only the model knows: its tokens, its mask token, and whether it accepts the empty text.

    A language model that fills words in is loaded, where a recipe gives its name.
    """
    perturb = pipe.named_steps["perturb"]
    perturb.set_params(accepts_empty=bool(perturb.accepts_empty and black_box.accepts_empty))
    if perturb.units == "token":
        perturb.set_params(tokenize=getattr(black_box, "token_spans", None))
    for sampler in [member for _, member in perturb.members] if isinstance(perturb, Mixture) else [perturb]:
        _fit_sampler(sampler, black_box)


def _fit_sampler(perturb: Perturb, black_box: Any) -> None:
    if isinstance(perturb, ReplaceByMask) and perturb.mask_token is None:
        perturb.set_params(mask_token=black_box.mask_token)
    if isinstance(perturb, Infill) and isinstance(perturb.model, str):
        from surrogate.blackbox.masked_lm import load_masked_lm

        perturb.set_params(model=load_masked_lm(perturb.model))


def _unknown(where: str, place: str, key: str, valid: list[str]) -> InputError:
    return InputError(
        "unknown-recipe-key",
        f"{where}: {place} has no key {key!r}.{_nearest(key, valid)} Valid keys: {', '.join(valid)}.",
    )


def _nearest(word: str, valid: list[str]) -> str:
    close = difflib.get_close_matches(word, valid, n=1)
    return f" Did you mean {close[0]!r}?" if close else ""
