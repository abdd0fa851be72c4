"""Patterns: a user's regular expressions, as features."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any, ClassVar

import regex
from scipy.sparse import csr_matrix
from sklearn.utils._param_validation import Interval

from surrogate.describe.base import Describer, presence_of
from surrogate.describe.inputs import Inputs, texts_of
from surrogate.errors import InputError
from surrogate.features import Feature

__all__ = ["Patterns"]


class Patterns(Describer):
    r"""Presence of something that a regular expression matches.

    Parameters
    ----------
    patterns : mapping of str to str
        Regular expressions of the ``regex`` package by name; ``(?i)`` at the start: without regard to case.
    timeout : float, default 1.0
        Seconds that a pattern may take on one text; it is an error to take longer, so that no result depends on the clock.

    Attributes
    ----------
    features_ : tuple of Feature
        One to a pattern, in its order; its form is the expression.

    Examples
    --------
    >>> patterns = Patterns({"IBAN": r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b", "question": r"\?"})
    >>> patterns.fit_transform(["to GB29NWBK60161331926819?", "from where?"]).toarray().tolist()
    [[1.0, 1.0], [0.0, 1.0]]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "patterns": [Mapping],
        "timeout": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(self, patterns: Mapping[str, str], *, timeout: float = 1.0) -> None:
        self.patterns = patterns
        self.timeout = timeout

    def _fit(self, inputs: Inputs) -> None:
        texts_of(inputs)
        if not self.patterns:
            raise InputError("bad-pattern", r"Patterns need at least one, such as {'number': r'\d+'}.")
        self._compiled()
        self.features_ = tuple(
            Feature("pattern", name, name, (expression,)) for name, expression in self.patterns.items()
        )

    def _transform(self, inputs: Inputs) -> csr_matrix:
        compiled = self._compiled()
        rows = (
            {name for name, pattern in compiled.items() if self._matches(name, pattern, number, text)}
            for number, text in enumerate(texts_of(inputs))
        )
        return presence_of(rows, {feature.key: number for number, feature in enumerate(self.features_)})

    def _compiled(self) -> dict[str, Any]:
        compiled = {}
        for name, expression in self.patterns.items():
            try:
                compiled[name] = regex.compile(expression)
            except (regex.error, TypeError) as error:
                raise InputError("bad-pattern", f"The pattern {name!r} is no regular expression: {error}.") from error
        return compiled

    def _matches(self, name: str, pattern: Any, number: int, text: str) -> bool:
        try:
            return pattern.search(text, timeout=self.timeout) is not None
        except TimeoutError as error:
            raise InputError(
                "bad-pattern",
                f"The pattern {name!r} took longer than {self.timeout:g} s on text {number} ({len(text):,} characters). Write it "
                "without nested repetitions, or make the inner one possessive: (a++)+.",
            ) from error
