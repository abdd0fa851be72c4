"""Rerunning: what the evidence of a report was asked for, done again, with the recorded answers or with a model."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from surrogate.corpus_explanation import CorpusExplanation
from surrogate.documents import Documents
from surrogate.errors import InputError
from surrogate.evidence import Policy
from surrogate.evidence.corpus_gate import CorpusPolicy
from surrogate.explanation import Explanation
from surrogate.transcript import Reading, Transcript
from surrogate.units import Document

__all__ = ["explain_again", "refuse_paths"]

#: Name of a shipped model: no path, no owner on a hub.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def explain_again(transcript: Transcript, model: Any = None, store: Any = False) -> Explanation | CorpusExplanation:
    """What the evidence's request gives.

    Parameters
    ----------
    transcript : Transcript
    model : BlackBox, optional
        Asked in place of the recorded answers; None: those.
    store : bool or AnswerStore, default False

    Raises
    ------
    InputError, ModelError
        As the request itself; ``not-recorded`` where a text is asked that was not asked then.
    """
    refuse_paths(transcript.request)
    box = _recorded(transcript.model) if model is None else model
    embedder = next((_recorded(one) for one in transcript.readings[1:] if one.role == "embedder"), None)
    if transcript.kind == "global":
        return _audit_again(transcript, box, embedder, store)
    return _explain_again(transcript, box, embedder, store)


def refuse_paths(request: dict[str, Any]) -> None:
    """A report from elsewhere may name shipped models and hold a recipe; it may not have files of this machine opened.

    Raises
    ------
    InputError
        ``bad-evidence``.

    Examples
    --------
    >>> refuse_paths({"pipeline": "/home/somebody/recipe.toml"})
    Traceback (most recent call last):
    surrogate.errors.InputError: The evidence holds no recipe, but a name or a path; only its text is used. [bad-evidence]
    """
    recipe = request["pipeline"]
    if not isinstance(recipe, str) or "\n" not in recipe:
        raise InputError("bad-evidence", "The evidence holds no recipe, but a name or a path; only its text is used.")
    named = [request.get("infill_model"), *_models_in(tomllib.loads(recipe))]
    for name in named:
        if name is not None and not (isinstance(name, str) and _PLAIN.fullmatch(name)):
            raise InputError(
                "bad-evidence",
                f"The evidence names the language model {str(name)[:60]!r} to fill words in; only shipped ones are opened for a "
                "report.",
            )
    for name in ("lexicon", "probes"):
        if request.get(name) is not None and not isinstance(request[name], dict):
            raise InputError("bad-evidence", f"The {name} of the evidence is no table.")


def _models_in(table: Any) -> list[Any]:
    """Values of the key "model", at any depth."""
    if not isinstance(table, dict):
        return []
    here = [table["model"]] if "model" in table and not isinstance(table["model"], dict) else []
    return [*here, *(found for value in table.values() for found in _models_in(value))]


def _recorded(reading: Reading) -> Any:
    from surrogate.blackbox.recorded import RecordedModel

    return RecordedModel(reading.traits, reading.by_text())


def _explain_again(transcript: Transcript, box: Any, embedder: Any, store: Any) -> Explanation:
    from surrogate.local import explain

    asked = transcript.request
    units = asked["document"]
    text = asked["text"] if units is None else Document(asked["text"], _spans(units), units["kind"], units["segmenter"])
    return explain(
        text,
        box,
        asked["pipeline"],
        target=asked["target"],
        contrast=asked["contrast"],
        calls=asked["calls"],
        budget=asked["budget"],
        units=asked["units"],
        baselines=tuple(asked["baselines"]),
        second=asked["second"],
        infill_model=asked["infill_model"],
        second_calls=asked["second_calls"],
        embeddings="auto" if embedder is None else embedder,
        policy=Policy(**asked["policy"]),
        store=store,
    )


def _spans(units: dict[str, Any]) -> tuple[tuple[int, int], ...]:
    return tuple((int(start), int(end)) for start, end in units["units"])


def _audit_again(transcript: Transcript, box: Any, embedder: Any, store: Any) -> CorpusExplanation:
    from surrogate.corpus.audit import audit

    asked, columns = transcript.request, transcript.sample["corpus"]
    corpus = Documents(
        tuple(transcript.texts[place] for place in columns["text"]),
        tuple(columns["ids"]),
        None if columns["label"] is None else tuple(columns["label"]),
        {name: tuple(column) for name, column in columns["metadata"].items()},
        int(columns["n_empty"]),
    )
    return audit(
        corpus,
        box,
        asked["pipeline"],
        embeddings=embedder if embedder is not None else asked["embeddings"],
        lexicon=asked["lexicon"],
        probes=asked["probes"],
        policy=CorpusPolicy(**asked["policy"]),
        store=store,
    )
