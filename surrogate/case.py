"""Case: one text's answered sample, and what is wanted of its surrogates."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from surrogate.confirm import Asker
from surrogate.evidence import Policy
from surrogate.explanation import Decision
from surrogate.fit import Teacher
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import Outcome
from surrogate.rows import Rows, original_row, usable_rows

__all__ = ["Case", "read_decision", "teaching_part"]


def teaching_part(whole: Neighborhood) -> Neighborhood:
    """The sample with its select part given over to fitting: every answer but the test part teaches what is shown."""
    return whole.replace(roles=np.where(whole.roles == "select", "fit", whole.roles))


@dataclass(frozen=True, eq=False)
class Case:
    """One text's answered sample, and what is wanted of its surrogates.

    Parameters
    ----------
    whole : Neighborhood
        All rows, answered and weighed.
    teaching : Neighborhood
        The same with the roles under which the surrogates were fitted.
    outcome : Outcome
    policy : Policy
    asker : Asker
        To ask about further copies inside rules.
    teacher : Teacher
        Whose proxies the surrogates share.
    half_teachers : dict of str to Teacher
        Who teaches refits to halves of the calls, by scale; filled when it is needed.
    full : bool
        Whether everything is measured that a report shows; see :func:`surrogate.assembly.assemble`.
    """

    whole: Neighborhood
    teaching: Neighborhood
    outcome: Outcome
    policy: Policy
    asker: Asker
    teacher: Teacher
    half_teachers: dict[str, Teacher] = field(default_factory=dict)
    full: bool = True
    _rows: dict[tuple[str, str], Rows] = field(default_factory=dict, init=False, repr=False)

    def fit(self, scale: str) -> Rows:
        """The rows the surrogates were fitted to."""
        return self._once("fit", scale)

    def test(self, scale: str) -> Rows:
        """The test rows, weighted to the reference distribution."""
        return self._once("test", scale)

    def _once(self, role: str, scale: str) -> Rows:
        """Rows are made once, however often they are asked for."""
        if (role, scale) not in self._rows:
            part = self.test_part if role == "test" else self.teaching.role(role)
            self._rows[role, scale] = usable_rows(part, self.outcome, scale)
        return self._rows[role, scale]

    def half_teacher(self, scale: str, proxy: str) -> Teacher:
        """The teacher of refits to halves: its proxies start where that of all calls ended."""
        if scale not in self.half_teachers:
            self.half_teachers[scale] = Teacher(self.teacher.proxy(self.fit(scale), proxy))
        return self.half_teachers[scale]

    @cached_property
    def test_part(self) -> Neighborhood:
        """The test rows with their texts."""
        return self.whole.role("test").replace(sample_weight=None)

    def measurable(self, scale: str) -> bool:
        """Whether there are test rows enough to measure anything."""
        test = self.test(scale)
        enough = self.whole.exhaustive or len(np.unique(test.pairs)) > 1
        return enough and bool((test.weights > 0).any()) and len(self.fit(scale).values) > 1


def read_decision(whole: Neighborhood, outcome: Outcome) -> Decision:
    """What the model says about the text itself.

    Parameters
    ----------
    whole : Neighborhood
        Of one document, answered.
    outcome : Outcome

    Returns
    -------
    Decision
    """
    row = original_row(whole)
    answers = whole.answers.take([row])  # type: ignore[union-attr]
    probabilities = answers.probabilities[0]
    return Decision(
        label=outcome.classes[int(np.argmax(probabilities))],
        target=outcome.target,
        opposite=outcome.opposite,
        contrast=outcome.contrast,
        probabilities={name: float(share) for name, share in zip(outcome.classes, probabilities, strict=True)},
        log_odds=float(outcome.log_odds(answers)[0]),
        margin=float(outcome.margin(answers)[0]),
        truncated=bool(answers.truncated[0]),
        refused=bool(answers.refused[0]),
        label_mass=None if answers.label_mass is None else float(answers.label_mass[0]),
    )
