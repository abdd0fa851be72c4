"""Explaining: local explanations of the documents that an audit shows as examples, as reports beside the audit's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from surrogate.canonical import digest
from surrogate.corpus.picking import pick
from surrogate.corpus_explanation import CorpusExplanation
from surrogate.errors import InputError
from surrogate.explanation import Explanation
from surrogate.plan import Calls

__all__ = ["ExplainedExample", "explain_examples", "write_examples"]

#: The folder of these reports inside that of the audit, and the page that leads to them.
_FOLDER, _INDEX = "texts", "index.html"


@dataclass(frozen=True, eq=False)
class ExplainedExample:
    """A document of an audit with its local explanation.

    Parameters
    ----------
    place : int
        The document, by its place in the audit.
    id : str
        What the corpus calls it.
    explanation : Explanation

    Examples
    --------
    >>> ExplainedExample(3, "17", None).id
    '17'
    """

    place: int
    id: str
    explanation: Explanation

    @property
    def folder(self) -> str:
        """Name of the folder of its report: it depends on the text alone."""
        return digest(self.explanation.document.text)[:12]


def explain_examples(
    audit: CorpusExplanation,
    model: Any,
    n: int,
    *,
    calls: Calls = "auto",
    progress: Callable[[int, int], None] | None = None,
    announce: Callable[[str], None] | None = None,
    **options: Any,
) -> tuple[ExplainedExample, ...]:
    """Explain some of the prototypes of an audit one by one, each with the audit's rules that hold for it.

    The prototypes of all decisions are taken in turn, the first of each, then the second.

    Parameters
    ----------
    audit : CorpusExplanation
    model : str, Path, estimator, callable or BlackBox
        The model of the audit.
    n : int
        How many; fewer where the audit shows fewer prototypes.
    calls : "auto", int or dict
        As :func:`surrogate.explain` takes it; for each text.
    progress, announce : callable, optional
        As :func:`surrogate.explain` takes them.
    **options
        Further ones of :func:`surrogate.explain`: pipeline, store, classes, device, dtype, too_long, allow_remote.

    Returns
    -------
    tuple of ExplainedExample
        Those first that together show the most important words (LIME's submodular pick); then the others in their order.

    Raises
    ------
    InputError
        ``bad-parameter`` for a number below one; otherwise as :func:`surrogate.explain`.

    Examples
    --------
    >>> explain_examples(None, None, 0)
    Traceback (most recent call last):
    surrogate.errors.InputError: The number of texts is a whole number of at least 1; got 0. [bad-parameter]
    """
    from surrogate.blackbox.opening import open_model
    from surrogate.local import explain

    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise InputError("bad-parameter", f"The number of texts is a whole number of at least 1; got {n!r}.")
    classes = options.pop("classes", None)
    # Loaded once for all of them.
    loading = {name: options.pop(name) for name in ("device", "dtype", "too_long", "allow_remote") if name in options}
    box = open_model(model, classes, **loading)
    given = {"calls": calls, "progress": progress, "announce": announce, "rules": audit, **options}
    made = [
        ExplainedExample(place, audit.quoted[place].id, explain(audit.quoted[place].text, box, **given))
        for place in _in_turn(audit)[:n]
    ]
    first = pick([one.explanation for one in made], len(made)) if made else ()
    rest = [place for place in range(len(made)) if place not in first]
    return tuple(made[place] for place in (*first, *rest))


def write_examples(examples: tuple[ExplainedExample, ...], folder: str | Path, *, overwrite: bool = False) -> Path:
    """Write the reports of examples into the folder of their audit, and a page that leads to them.

    Parameters
    ----------
    examples : tuple of ExplainedExample
    folder : str or Path
        The audit's; the reports come into ``texts/`` in it.
    overwrite : bool, default False

    Returns
    -------
    Path
        Of the page.

    Raises
    ------
    InputError
        ``output-exists`` or ``cannot-write``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_examples((), folder).name
    'index.html'
    """
    from surrogate.report.corpus.texts import render_texts
    from surrogate.report.write import write_files
    from surrogate.signing import refresh_manifest
    from surrogate.signing.names import MANIFEST

    target = Path(folder) / _FOLDER
    for one in examples:
        one.explanation.report(target / one.folder, overwrite=overwrite)
    rows = [{"id": one.id, "folder": one.folder, "record": one.explanation.to_dict()} for one in examples]
    page = render_texts(rows).encode("utf-8")
    listed = {"texts": [{"id": row["id"], "folder": row["folder"]} for row in rows]}
    index = write_files(target, {_INDEX: page}, listed, "index.json", overwrite=overwrite) / _INDEX
    if (Path(folder) / MANIFEST).exists():  # Of the report that these texts are examples of.
        refresh_manifest(folder, (f"{_FOLDER}/{_INDEX}", f"{_FOLDER}/index.json", f"{_FOLDER}/run.json"))
    return index


def _in_turn(audit: CorpusExplanation) -> list[int]:
    """Prototypes of all decisions, the first of each, then the second."""
    turns = zip_longest(*(one.prototypes for one in audit.examples))
    return [place for turn in turns for place in turn if place is not None]
