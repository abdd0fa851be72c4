"""Coarse to fine: ask about paragraphs first, then about sentences and words where the answers depend on them.

What costs calls is what matters, not what is long.  The masks of a stage stand for masks of the finer units that the next
stage makes, so every answer is used in every later choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from surrogate.confirm import joined
from surrogate.errors import InputError
from surrogate.fit.word_types import fit_word_types
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import resolve_outcome
from surrogate.reference import draw_pairs
from surrogate.refinement import Refinement, Stage
from surrogate.rows import original_row, usable_rows
from surrogate.seeding import content_generator
from surrogate.single_thread import single_thread
from surrogate.units import Document, mixed, nest, split_units

__all__ = ["FINENESS", "REFINE", "REFINE_FROM", "refine_units"]

#: Role of the rows by which the units were chosen.
REFINE = "refine"

#: Words from which a text is refined; up to so many, asking about words at once tells as much or more.
REFINE_FROM = 1000

#: Kinds of unit from coarse to fine.
FINENESS = ("paragraph", "sentence", "word")

#: Units of a first stage; where no kind has so many, runs of neighbouring units are its passages.
_FEWEST_UNITS = 12
_MOST_UNITS = 100
_PASSAGES = 32

#: The fewest pairs of copies of a stage.
_FEWEST_PAIRS = 8

#: Units are split until those chosen carry this share of the squared effects, all told.
_ENOUGH = 0.9

#: A unit is worth splitting from this many times the average share of the squared effects.
_LEAST = 0.5

#: Pairs of copies asked for each unit of a stage, at most.
_PAIRS_PER_UNIT = 2


def refine_units(
    text: str | Document,
    pipe: Pipeline,
    calls: int,
    *,
    target: str | None = None,
    contrast: str | None = None,
    max_units: int = 200,
    kinds: Sequence[str] = FINENESS,
) -> Refinement:
    """Find units as fine as the model's answers call for.

    The text is first cut into its coarsest units, or into passages where those are too few or too many.  Pairs of copies
    with some of them removed are asked about; the units with the largest effects are split; and so on down to the finest
    kind.  What is not seen: a unit whose parts cancel stays whole.

    Parameters
    ----------
    text : str or Document
        A document brings the units of the first stage, such as the fields of a form.
    pipe : Pipeline
        Its first step says how units are removed, its second asks and counts.
    calls : int
        The most distinct texts to ask about, the original included; shared by the stages.
    target, contrast : str, optional
        What is explained; None: as the pipeline's surrogate would.
    max_units : int, default 200
        The most units in the end.
    kinds : sequence of str
        Kinds of unit from coarse to fine.

    Returns
    -------
    Refinement
        Deterministic for a text, a model and these parameters.

    Raises
    ------
    InputError
        ``bad-calls`` when there are too few calls for one stage; otherwise as the units and the steps do.
    """
    if calls < 1 + 2 * _FEWEST_PAIRS:
        raise InputError(
            "bad-calls", f"Finding the units of a long text takes at least {1 + 2 * _FEWEST_PAIRS} calls; got {calls}."
        )
    document, finer = _first(text, kinds)
    search = _Search(document, pipe, target, contrast)
    stages = []
    for number, kind in enumerate(finer):
        if search.document.n_units < 2:
            search.split((0,), kind)
            continue
        left = calls - search.n_asked
        n_pairs = min((left - (number == 0)) // 2 // (len(finer) - number), _PAIRS_PER_UNIT * search.document.n_units)
        n_pairs = max(_FEWEST_PAIRS, n_pairs)
        if left < 2 * _FEWEST_PAIRS:
            break
        before = search.n_asked
        search.ask(n_pairs)
        chosen, shares, reason = search.choose(kind, _limit(number, len(finer), search.document.n_units, max_units))
        stages.append(
            Stage(search.document.kind, search.document.n_units, search.n_asked - before, kind, chosen, shares, reason)
        )
        if not chosen:
            break
        search.split(chosen, kind)
    return Refinement(search.document, tuple(stages), search.asked)


def _first(text: str | Document, kinds: Sequence[str]) -> tuple[Document, list[str]]:
    """The units of the first stage, and the kinds that follow."""
    if isinstance(text, Document):
        known = kinds.index(text.kind) + 1 if text.kind in kinds else max(0, len(kinds) - 2)
        return text, list(kinds[known:])
    documents = [split_units(text, kind, max_units=None) for kind in kinds]
    for number, document in enumerate(documents):
        if _FEWEST_UNITS <= document.n_units <= _MOST_UNITS:
            return document, list(kinds[number + 1 :])
    if documents[-1].n_units < _FEWEST_UNITS:
        return documents[-1], []
    number = next(number for number, document in enumerate(documents) if document.n_units >= _FEWEST_UNITS)
    finer = list(kinds[number:])
    # a text without sentences: the step from passages to words is a long one
    return _passages(documents[number]), ["phrase", *finer] if finer == ["word"] else finer


def _passages(document: Document) -> Document:
    """Runs of neighbouring units, as many as are convenient for a first stage."""
    cuts = np.linspace(0, document.n_units, _PASSAGES + 1).round().astype(int).tolist()
    spans = tuple((document.spans[first][0], document.spans[stop - 1][1]) for first, stop in pairwise(cuts))
    return Document(document.text, spans, "passage", document.segmenter)


def _limit(number: int, n_stages: int, n_units: int, max_units: int) -> int:
    """The most units after a stage: room is kept for the finer ones, in equal factors from now to the end."""
    if number == n_stages - 1:
        return max_units
    steps = n_stages - number
    return max(n_units, round(n_units ** ((steps - 1) / steps) * max(max_units, n_units) ** (1 / steps)))


class _Search:
    """What was asked so far, in the units of the moment."""

    def __init__(self, document: Document, pipe: Pipeline, target: str | None, contrast: str | None) -> None:
        self.document = document
        self.pipe = pipe
        self.target, self.contrast = target, contrast
        self.asked: Neighborhood | None = None

    @property
    def n_asked(self) -> int:
        return 0 if self.asked is None else len(set(self.asked.texts))

    def ask(self, n_pairs: int) -> None:
        """Ask about the original, the first time, and pairs of unseen copies."""
        perturb = self.pipe.named_steps["perturb"]
        document = self.document
        render = perturb.render(document)
        generator = content_generator("refine", document.text, document.spans, int(perturb.random_state))
        seen = set() if self.asked is None else set(self.asked.texts)
        masks = [] if self.asked is not None else [np.ones((1, document.n_units), dtype=bool)]
        texts = [render(mask) for pair in masks for mask in pair]
        # Twice as many draws as pairs: where those run out, so have the copies of a text with few units.
        for pair in islice(draw_pairs(document.n_units, generator, perturb.reference), 2 * n_pairs):
            new = [render(mask) for mask in pair]
            fresh = len(set(new)) == 2 and not seen & set(new) and all(part.strip() for part in new)
            if fresh and len(texts) + 2 <= 2 * n_pairs + (self.asked is None):
                seen |= set(new)
                masks.append(pair)
                texts += new
        if texts:
            self._add(np.concatenate(masks), tuple(texts))

    def _add(self, masks: NDArray[np.bool_], texts: tuple[str, ...]) -> None:
        first = 0 if self.asked is None else int(self.asked.pairs.max()) + 1
        perturb = self.pipe.named_steps["perturb"]
        part = Neighborhood(
            documents=(self.document,),
            masks=(masks,),
            texts=texts,
            roles=np.full(len(masks), REFINE),
            pairs=first + (np.arange(len(masks)) + (self.asked is None)) // 2,
            reference_weight=np.ones(len(masks)),
            perturbation=perturb.perturbation,
            reference=perturb.reference,
        )
        part = self.pipe.named_steps["query"].fit(None).transform(part)
        self.asked = part if self.asked is None else joined(self.asked, [part])

    def choose(self, kind: str, limit: int) -> tuple[tuple[int, ...], tuple[float, ...], str]:
        """The units to split, the share of the squared effects of each, and why no more."""
        parts = self._parts(kind)
        squares = np.where(parts > 1, self._effects() ** 2, 0.0)
        if squares.sum() <= 0:
            return (), (), "no unit that can be split has an effect"
        shares = squares / squares.sum()
        chosen: list[int] = []
        n_units, too_large = self.document.n_units, 0
        for unit in np.argsort(-shares, kind="stable").tolist():
            if shares[chosen].sum() >= _ENOUGH or shares[unit] < _LEAST / len(shares):
                break
            if n_units + parts[unit] - 1 > limit:
                too_large += 1
                continue
            chosen.append(unit)
            n_units += int(parts[unit]) - 1
        chosen.sort()
        return tuple(chosen), tuple(float(share) for share in shares[chosen]), _reason(shares[chosen], too_large, limit)

    def _parts(self, kind: str) -> NDArray[np.intp]:
        """Number of finer units in each unit, shape (n_units,)."""
        everything = range(self.document.n_units)
        fine = mixed(self.document, everything, kind, max_units=None)
        return np.bincount(nest(self.document, fine), minlength=self.document.n_units)

    def _effects(self) -> NDArray[np.float64]:
        """Change of the log-odds when each unit alone leaves the text half removed, shape (n_units,)."""
        asked = self.asked
        if asked is None or asked.answers is None:
            return np.zeros(self.document.n_units)
        original = asked.answers.take([original_row(asked)])
        outcome = resolve_outcome(asked.classes, self.target, self.contrast, original, asked.multi_label)
        rows = usable_rows(asked, outcome)
        if len(rows.values) < 2 * _FEWEST_PAIRS or np.ptp(rows.values) < 1e-9:
            return np.zeros(self.document.n_units)
        # Units are told apart by number: two alike sentences may matter in one place only.
        rows = replace(rows, units=tuple(str(number) for number in range(rows.n_units)))
        with single_thread():
            proxy = fit_word_types(rows)
        return np.asarray(proxy.coefficients[: rows.n_units, 0])

    def split(self, chosen: tuple[int, ...], kind: str) -> None:
        """Split units, and say what was asked in masks of the new ones."""
        fine = mixed(self.document, chosen, kind, max_units=None)
        holder = np.array(nest(self.document, fine))
        if self.asked is not None:
            self.asked = self.asked.replace(documents=(fine,), masks=(self.asked.masks[0][:, holder],))
        self.document = fine


def _reason(shares: NDArray[np.float64], too_large: int, limit: int) -> str:
    """Why no more units were split."""
    carried = f"those split carry {100 * shares.sum():.0f} % of the squared effects"
    if too_large:
        units = "1 unit" if too_large == 1 else f"{too_large} units"
        return f"{carried}; splitting {units} more would have made more than {limit} units"
    return carried if shares.sum() >= _ENOUGH else f"{carried}; the others have little each"
