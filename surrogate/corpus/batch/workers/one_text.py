"""One text of a batch: explained from answers that are there already, or told why it could not be."""

from __future__ import annotations

import tempfile
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sklearn.base import clone
from sklearn.pipeline import Pipeline

from surrogate.assembly import assemble, teach
from surrogate.canonical import digest
from surrogate.corpus.batch.folder.writing import making
from surrogate.corpus.batch.proxy.frozen_proxy import proxy_of
from surrogate.corpus.batch.proxy.proxied import explain_with_proxy
from surrogate.corpus.batch.values import Settings
from surrogate.errors import SurrogateError
from surrogate.evidence import Policy
from surrogate.explanation import Explanation
from surrogate.kernel_width import with_width
from surrogate.local import explain
from surrogate.long_text import prepare
from surrogate.neighborhood import Neighborhood
from surrogate.settling import settle

__all__ = ["STOPPING", "Told", "explain_text", "failed", "wants_report"]

#: Errors that are no fault of a row: the batch stops, and can be gone on with.
STOPPING = frozenset(
    {
        "bad-corpus-proxy",
        "budget-spent",
        "cannot-write",
        "endpoint-busy",
        "endpoint-refused",
        "endpoint-unreachable",
        "missing-key",
        "missing-package",
        "model-changed",
        "no-device",
        "remote-not-allowed",
        "worker-mismatch",
        "wrong-digest",
    }
)


@dataclass(frozen=True, eq=False)
class Told:
    """What came of one text.

    Parameters
    ----------
    explanation : Explanation or None
    problem : tuple of (str, str) or None
        Error code and sentence, where there is no explanation.
    record_sha256 : str or None
        Of the record of a full report.
    files : dict of str to bytes
        Of the full report, by name.
    """

    explanation: Explanation | None
    problem: tuple[str, str] | None = None
    record_sha256: str | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)


def explain_text(
    pipe: Pipeline,
    text: str,
    settings: Settings,
    store: Any,
    *,
    chosen: bool = False,
    proxy: bytes | None = None,
    drawn: Neighborhood | None = None,
) -> Told:
    """Explain one text, with a full report where one is wanted.

    A full report is what :func:`surrogate.explain` gives for the text with the same settings, byte for byte; a row
    without one says the same, but for what refits find again.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
        With model and store.
    text : str
    settings : Settings
    store : AnswerStore
    chosen : bool
        Whether a full report is wanted whatever comes of the text.
    proxy : bytes, optional
        The corpus proxy, which takes no part in full reports.
    drawn : Neighborhood, optional
        The first copies of the text, where they are drawn already.

    Raises
    ------
    InputError, ModelError
        Where the batch cannot go on: :data:`STOPPING`.
    """
    try:
        if not chosen:
            explanation = _explanation(clone(pipe), text, settings, proxy, drawn)
            if not wants_report(settings, explanation):
                return Told(explanation)
        return _reported(pipe.named_steps["query"].black_box, text, settings, store)
    except Exception as error:  # whatever a text does to a model, the others are explained
        return failed(error)


def failed(error: Exception) -> Told:
    """What is told of a text that could not be explained; nothing of the text.

    Raises
    ------
    InputError, ModelError, MemoryError
        Where it is no fault of the text.

    Examples
    --------
    >>> failed(ZeroDivisionError("secret")).problem
    ('row-failed', 'ZeroDivisionError was raised. Explain the text by itself to see why.')
    """
    if isinstance(error, MemoryError | OSError) or getattr(error, "code", None) in STOPPING:
        raise error
    if isinstance(error, SurrogateError):
        return Told(None, (error.code, error.message))
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return Told(
        None, ("row-failed", f"{type(error).__name__} was raised{place}. Explain the text by itself to see why.")
    )


def wants_report(settings: Settings, explanation: Explanation) -> bool:
    """Whether a full report is to be written for what came of a text.

    Examples
    --------
    >>> import surrogate
    >>> toy = surrogate.explain("pay my bill", lambda texts: [[.9, .1] if "bill" in t else [.2, .8] for t in texts],
    ...                         classes=["money", "other"], store=False)
    >>> wants_report(Settings("", "", reports="adverse", adverse=("money",)), toy)
    True
    >>> wants_report(Settings("", "", reports="withheld"), toy)
    False
    """
    if settings.reports == "adverse":
        return explanation.decision.label in settings.adverse
    if settings.reports == "withheld":
        return not explanation.passed
    return False


def _explanation(
    pipe: Pipeline, text: str, settings: Settings, proxy: bytes | None, drawn: Neighborhood | None
) -> Explanation:
    """The explanation of a row; what refits find again is measured only where the settings ask it of every row."""
    policy, name = Policy(**settings.policy), settings.recipe_name
    full = settings.stability == "all"
    calls, budget = settings.calls, settings.budget
    if proxy is not None:
        return explain_with_proxy(
            pipe, text, proxy_of(proxy), policy, name, calls=calls, budget=budget, full=full
        ).explanation
    ready = prepare(pipe, text, calls, budget)
    settled = settle(with_width(pipe, ready.text), ready, drawn)
    return assemble(settled, teach(settled), policy, name, ready.refinement, full=full)


def _reported(black_box: Any, text: str, settings: Settings, store: Any) -> Told:
    explanation = explain(
        text,
        black_box,
        settings.recipe,
        target=settings.target,
        contrast=settings.contrast,
        calls=settings.calls,
        budget=settings.budget,
        units=settings.units,
        store=store,
        policy=Policy(**settings.policy),
    )
    with making(Path(tempfile.gettempdir())), tempfile.TemporaryDirectory() as folder:
        place = explanation.report(Path(folder) / "report", settings.formats)
        files = {
            path.relative_to(place).as_posix(): path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()
        }
    return Told(explanation, None, digest(files["report.json"]), files)
