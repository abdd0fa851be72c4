"""Rebuilding: the same explanation made again from the evidence alone, without the model."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surrogate.canonical import canonical_bytes
from surrogate.corpus_explanation import CorpusExplanation
from surrogate.documents import Documents
from surrogate.errors import InputError, ModelError
from surrogate.evidence import Policy
from surrogate.evidence.corpus_gate import CorpusPolicy
from surrogate.explanation import Explanation
from surrogate.provenance import versions
from surrogate.report.record.reading import read_record
from surrogate.report.write import EVIDENCE
from surrogate.transcript import Reading, Transcript
from surrogate.units import Document

__all__ = [
    "DIFFERS",
    "NOT_ATTEMPTED",
    "SAME",
    "Rebuilt",
    "explain_again",
    "read_evidence",
    "rebuild",
    "rebuild_folder",
    "version_differences",
]

#: Name of a shipped model: no path, no owner on a hub.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")

SAME, DIFFERS, NOT_ATTEMPTED = "same bytes", "differs", "not attempted"


@dataclass(frozen=True)
class Rebuilt:
    """Whether the evidence gives the record again, byte for byte.

    Parameters
    ----------
    status : {"same bytes", "differs", "not attempted"}
    reason : str
        Of what was not attempted, why; of a difference, where.
    record : dict or None
        What came out, where it was attempted.

    Examples
    --------
    >>> Rebuilt(NOT_ATTEMPTED, "there is no evidence").to_dict()
    {'status': 'not attempted', 'reason': 'there is no evidence'}
    """

    status: str
    reason: str = ""
    record: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form, without the record."""
        return {"status": self.status, "reason": self.reason}


def rebuild(record: dict[str, Any], transcript: Transcript) -> Rebuilt:
    """Make an explanation again from its evidence, and compare it with the record.

    Parameters
    ----------
    record : dict
    transcript : Transcript

    Returns
    -------
    Rebuilt
        Not attempted where other versions of the packages that decide a number are installed than those the record names, and
        where something that was read then is not in the evidence, such as another corpus.

    Examples
    --------
    >>> from surrogate import explain
    >>> says = lambda texts: [[.9, .1] if "bill" in text else [.2, .8] for text in texts]
    >>> explanation = explain("pay my bill", says, classes=["money", "other"], store=False)
    >>> rebuild(explanation.to_dict(), explanation.transcript).status
    'same bytes'
    """
    differences = version_differences(record)
    if differences:
        return Rebuilt(NOT_ATTEMPTED, f"versions differ: {'; '.join(differences)}")
    missing = transcript.request.get("not_kept")
    if missing:
        return Rebuilt(NOT_ATTEMPTED, str(missing))
    try:
        _refuse_paths(transcript.request)
    except (InputError, KeyError, TypeError, ValueError, AttributeError) as error:
        return Rebuilt(NOT_ATTEMPTED, str(error))
    try:
        found = explain_again(transcript).to_dict()
    except (InputError, ModelError) as error:
        return Rebuilt(DIFFERS, f"the same cannot be done again: {error}")
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        return Rebuilt(DIFFERS, f"the evidence is damaged: {type(error).__name__} at {error}")
    if canonical_bytes(found) == canonical_bytes(record):
        return Rebuilt(SAME, record=found)
    return Rebuilt(
        DIFFERS, f"the record is not what its evidence gives, first at {_first_difference(record, found)}", found
    )


def rebuild_folder(folder: str | Path) -> Rebuilt:
    """Make the report in a folder again from its evidence, and compare the record.

    Parameters
    ----------
    folder : str or Path

    Raises
    ------
    InputError
        ``bad-file``, ``bad-record`` or ``bad-evidence`` for what cannot be read.  A folder without evidence is not attempted.
    """
    path = Path(folder)
    found = read_record(path)
    if not (path / EVIDENCE).is_file():
        return Rebuilt(NOT_ATTEMPTED, "there is no evidence in the folder")
    if found.version != found.record["schema_version"]:
        return Rebuilt(NOT_ATTEMPTED, f"the record is of version {found.version}, which this release no longer writes")
    return rebuild(found.record, _transcript(path))


def read_evidence(folder: str | Path) -> tuple[dict[str, Any], Transcript]:
    """The record of a report and its evidence.

    Parameters
    ----------
    folder : str or Path

    Raises
    ------
    InputError
        ``bad-file``, ``bad-record`` or ``bad-evidence``.

    Examples
    --------
    >>> read_evidence("nowhere")
    Traceback (most recent call last):
    surrogate.errors.InputError: nowhere cannot be read: No such file or directory. [bad-file]
    """
    path = Path(folder)
    return read_record(path).record, _transcript(path)


def _transcript(folder: Path) -> Transcript:
    path = folder / EVIDENCE
    try:
        return Transcript.from_bytes(path.read_bytes())
    except OSError as error:
        raise InputError(
            "bad-evidence",
            f"{path} cannot be read: {error.strerror}. The report was written without its evidence, or the evidence was erased: "
            "only what the record says is left.",
        ) from error


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
    _refuse_paths(transcript.request)
    box = _recorded(transcript.model) if model is None else model
    embedder = next((_recorded(one) for one in transcript.readings[1:] if one.role == "embedder"), None)
    if transcript.kind == "global":
        return _audit_again(transcript, box, embedder, store)
    return _explain_again(transcript, box, embedder, store)


def version_differences(record: dict[str, Any]) -> list[str]:
    """Packages of another version here than in the record, in words.

    Examples
    --------
    >>> version_differences({"production": {"versions": {"numpy": "0.1"}}})[-1].startswith("numpy 0.1 there, ")
    True
    """
    there, here = record["production"]["versions"], versions()
    names = sorted({*there, *here})
    return [
        f"{name} {there.get(name, 'none')} there, {here.get(name, 'none')} here"
        for name in names
        if name in there and there.get(name) != here.get(name)
    ]


def _refuse_paths(request: dict[str, Any]) -> None:
    """A report from elsewhere may name shipped models and hold a recipe; it may not have files of this machine opened."""
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


def _first_difference(one: Any, two: Any, where: str = "") -> str:
    """JSON pointer of the first place in which two JSON values differ."""
    if isinstance(one, dict) and isinstance(two, dict):
        for key in sorted({*one, *two}):
            if key not in one or key not in two or one[key] != two[key]:
                inner = f"{where}/{str(key).replace('~', '~0').replace('/', '~1')}"
                return inner if key not in one or key not in two else _first_difference(one[key], two[key], inner)
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        for place, (left, right) in enumerate(zip(one, two, strict=True)):
            if left != right:
                return _first_difference(left, right, f"{where}/{place}")
    return where or "/"
