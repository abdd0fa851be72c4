"""Perturb: the first step of a pipeline, from texts to altered copies of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.exceptions import NotFittedError
from sklearn.utils._param_validation import Interval, StrOptions

from surrogate.errors import InputError
from surrogate.estimator import StepMixin, announced
from surrogate.neighborhood import Neighborhood
from surrogate.perturb.designs import DESIGNS
from surrogate.perturb.sequence import MaskSample, Render, draw_masks
from surrogate.reference import REFERENCES
from surrogate.units import UNIT_KINDS, Document, split_units

__all__ = ["MIN_SAMPLES", "Perturb", "as_split"]

#: The fewest distinct texts with which anything can be fitted and held out.
MIN_SAMPLES = 8


#: What can be explained: a text, or one whose units are already named.
Text = str | Document


class Perturb(StepMixin, TransformerMixin, BaseEstimator):
    """Base of the samplers: everything but how a removed unit is removed.

    ``fit_transform`` yields the fitting part of each text's mask sequence, ``transform`` its select part; :meth:`draw`
    yields any parts together.  Subclasses name their ``perturbation`` and write :meth:`render`.
    """

    perturbation: ClassVar[str]
    #: Whether any mask can be turned into a text.
    renders: ClassVar[bool] = True

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "units": [StrOptions(set(UNIT_KINDS))],
        "design": [StrOptions(set(DESIGNS))],
        "reference": [StrOptions(set(REFERENCES))],
        "n_samples": [Interval(Integral, MIN_SAMPLES, None, closed="left")],
        "split": ["array-like"],
        "max_test": [Interval(Integral, 2, None, closed="left"), None],
        "random_state": [Interval(Integral, 0, None, closed="left")],
        "accepts_empty": ["boolean"],
        "tokenize": [callable, None],
    }

    units: str
    design: str
    reference: str
    n_samples: int
    split: tuple[int, int, int]
    max_test: int | None
    random_state: int
    accepts_empty: bool
    tokenize: Callable[[str], Sequence[tuple[int, int]]] | None

    def render(self, document: Document) -> Render:
        """How a mask becomes a text: a callable from mask (bool, shape (n_units,)) to str."""
        raise NotImplementedError

    @announced
    def fit(self, texts: Iterable[Text], y: object = None) -> Perturb:
        """Find the units of each text and remember the texts.

        Parameters
        ----------
        texts : iterable of str or Document, length n_texts
            A document brings units of its own.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        InputError
            When a text has no units or too many, or a parameter cannot be used.
        """
        self._check()
        self.documents_ = tuple(self._document(text) for text in _as_texts(texts))
        return self

    def fit_transform(self, texts: Iterable[Text], y: object = None, **params: object) -> Neighborhood:
        """The fitting part of each text's sample."""
        return self.fit(texts).draw(texts, ("fit",))

    def transform(self, texts: Iterable[Text]) -> Neighborhood:
        """The select part of each text's sample.

        Raises
        ------
        NotFittedError
            For a text this step was not fitted on: a local explanation says nothing about it.
        """
        wanted = _as_texts(texts)
        known = {document.text for document in getattr(self, "documents_", ())}
        for number, text in enumerate(wanted):
            if (text.text if isinstance(text, Document) else text) not in known:
                raise NotFittedError(
                    f"Text {number} is not one this pipeline was fitted on. A local pipeline can be scored and asked only "
                    "about the texts it was fitted on; call fit with it first (in a grid search use cv=SameTexts())."
                )
        return self.draw(wanted, ("select",))

    def draw(self, texts: Iterable[Text], roles: tuple[str, ...] = ("fit", "select", "test")) -> Neighborhood:
        """The parts of each text's sample with the named roles, in one neighbourhood.

        Parameters
        ----------
        texts : iterable of str or Document, length n_texts
        roles : tuple of {"fit", "select", "test"}

        Returns
        -------
        Neighborhood
        """
        self._check()
        documents = tuple(self._document(text) for text in _as_texts(texts))
        samples = [self._draw_one(document, roles) for document in documents]
        return Neighborhood(
            documents=documents,
            masks=tuple(sample.masks for sample in samples),
            texts=tuple(text for sample in samples for text in sample.texts),
            roles=np.concatenate([sample.roles for sample in samples]),
            pairs=np.concatenate([sample.pairs for sample in samples]),
            reference_weight=np.concatenate([sample.reference_weight for sample in samples]),
            perturbation=self.perturbation,
            reference=self.reference,
        )

    def _document(self, text: Text) -> Document:
        return text if isinstance(text, Document) else split_units(text, self.units, tokenize=self.tokenize)

    def _draw_one(self, document: Document, roles: tuple[str, ...]) -> MaskSample:
        return self._of_roles(self._sample(document, self.render(document)), roles)

    def _sample(self, document: Document, render: Render) -> MaskSample:
        return draw_masks(
            document,
            render,
            n_samples=int(self.n_samples),
            split=as_split(self.split),
            design=self.design,
            random_state=int(self.random_state),
            accepts_empty=self.accepts_empty,
            kind=self.reference,
            max_test=self.max_test,
        )

    @staticmethod
    def _of_roles(sample: MaskSample, roles: tuple[str, ...]) -> MaskSample:
        rows = np.flatnonzero(np.isin(sample.roles, [*roles, "all"]))
        return MaskSample(
            sample.masks[rows],
            tuple(sample.texts[row] for row in rows),
            sample.roles[rows],
            sample.pairs[rows],
            sample.reference_weight[rows],
        )

    def _check(self) -> None:
        self._validate_params()
        as_split(self.split)


def _as_texts(texts: Iterable[Text]) -> list[Text]:
    if isinstance(texts, str | bytes | Document):
        raise InputError("not-text", "Give a list of texts, not one string: pipe.fit([text]).")
    return list(texts)


def as_split(split: Any) -> tuple[int, int, int]:
    """Shares of fit, select and test as three whole numbers.

    Raises
    ------
    InputError
        ``bad-parameter``.

    Examples
    --------
    >>> as_split([4, 1, 3])
    (4, 1, 3)
    """
    values = tuple(split)
    good = len(values) == 3 and all(isinstance(share, Integral) and int(share) >= 1 for share in values)
    if not good:
        raise InputError(
            "bad-parameter",
            f"split must be three whole numbers of at least 1: pairs to fit, to select and to test on; got {split!r}.",
        )
    return (int(values[0]), int(values[1]), int(values[2]))
