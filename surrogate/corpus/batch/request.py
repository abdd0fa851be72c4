"""What a batch is asked for, checked before anything is read or loaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sklearn.pipeline import Pipeline

from surrogate import recipes
from surrogate.corpus.batch.choosing import Choice
from surrogate.corpus.batch.values import Settings
from surrogate.errors import InputError
from surrogate.evidence import Policy
from surrogate.plan import Calls, check_calls

__all__ = ["PART_TEXTS", "BatchRequest"]

#: Distinct texts in a part: what is lost at most when a worker ends, and enough to fill the batches of a model.
PART_TEXTS = 64

#: Copies of each text that are asked about, unless told otherwise.
CALLS = 64


@dataclass(frozen=True, eq=False)
class BatchRequest:
    """What a batch is asked for.

    Parameters
    ----------
    input : Path
        A CSV, TSV, JSONL or Parquet file with a text to a row.
    out : Path
        Folder of the batch.
    text, id : str, optional
        Columns of the texts and of the ids; None: the one that is called text or the like, and the number of the row.
    limit : int, optional
        Rows to read.
    pipeline : str, Path or sklearn.pipeline.Pipeline, default "batch"
    calls, budget, target, contrast, units
        As :func:`surrogate.explain` takes them.
    policy : Policy
    choice : Choice
        Which rows get a full report.
    adverse : tuple of str
        Labels of adverse decisions.
    formats : tuple of str
        Renderings of full reports.
    stability : {"reported", "all"}
        For which rows refits tell what halves of the calls find again; they take three quarters of the time.
    corpus_proxy : int, default 0
        Texts that a corpus proxy is fitted on; 0: none is used.
    keep_text : bool
        Whether rows hold their texts.
    part_texts : int
        Distinct texts in a part.

    Examples
    --------
    >>> BatchRequest(Path("messages.csv"), Path("out")).calls
    64
    """

    input: Path
    out: Path
    text: str | None = None
    id: str | None = None
    limit: int | None = None
    pipeline: str | Path | Pipeline = "batch"
    calls: Calls = CALLS
    budget: int | None = None
    target: str | None = None
    contrast: str | None = None
    units: str | None = None
    policy: Policy = field(default_factory=Policy)
    choice: Choice = field(default_factory=Choice)
    adverse: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("html",)
    stability: str = "reported"
    corpus_proxy: int = 0
    keep_text: bool = False
    part_texts: int = PART_TEXTS

    def check(self) -> None:
        """Refuse what cannot be carried out.

        Raises
        ------
        InputError
            ``bad-calls``, ``bad-parameter`` or ``unknown-format``.
        """
        from surrogate.report import check_formats

        check_calls(self.calls)
        check_formats(self.formats)
        if self.stability not in ("reported", "all"):
            raise InputError("bad-parameter", f"stability must be 'reported' or 'all'; got {self.stability!r}.")
        for name, least in (("part_texts", 1), ("corpus_proxy", 0)):
            if getattr(self, name) < least:
                raise InputError("bad-parameter", f"{name} must be at least {least}; got {getattr(self, name)}.")

    def settings(self, pipe: Pipeline) -> Settings:
        """What decides the bytes of a row.

        Parameters
        ----------
        pipe : sklearn.pipeline.Pipeline
            Of the recipe, as it was read.

        Raises
        ------
        InputError
            ``unknown-label`` when the target, the contrast or an adverse label is none of the model's.
        """
        labels = [str(label) for label in pipe.named_steps["query"].black_box.classes_]
        for label in (self.target, self.contrast, *self.adverse):
            if label is not None and label not in labels:
                raise InputError(
                    "unknown-label", f"{label!r} is not a label of the model; these are: {', '.join(labels[:20])}."
                )
        name = recipes.recipe_name(self.pipeline)
        return Settings(
            recipe=recipes.dump(pipe, name),
            recipe_name=name,
            calls=self.calls,
            budget=self.budget,
            target=self.target,
            contrast=self.contrast,
            units=self.units,
            policy=self.policy.to_dict(),
            stability=self.stability,
            keep_text=self.keep_text,
            reports=self.choice.name,
            adverse=tuple(sorted(self.adverse)),
            formats=tuple(self.formats),
            corpus_proxy=self.corpus_proxy,
        )
