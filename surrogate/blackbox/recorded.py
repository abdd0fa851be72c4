"""A model of which only its answers are left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from surrogate.answers import Answers
from surrogate.blackbox.base import Identity, SharedBlackBox
from surrogate.errors import ModelError

__all__ = ["RecordedModel", "traits_of"]

_TRAITS = (
    "name",
    "kind",
    "fingerprint",
    "multi_label",
    "mask_token",
    "accepts_empty",
    "embeds",
    "stochastic",
    "parity_tolerance",
)


def traits_of(black_box: Any) -> dict[str, Any]:
    """What a model, or an embedder, says of itself without reading a text; JSON values.

    Examples
    --------
    >>> from surrogate.blackbox import FunctionBox
    >>> traits_of(FunctionBox(len, classes=["no", "yes"]))["labels"]
    ['no', 'yes']
    """
    given = Identity("", "", ())
    traits = {name: getattr(black_box, name, getattr(given, name)) for name in _TRAITS}
    votes = getattr(black_box, "n_votes", None)
    return {
        **traits,
        "labels": [str(label) for label in getattr(black_box, "classes_", ())],
        "details": dict(getattr(black_box, "details", {})),
        "n_votes": None if votes is None else int(votes),
    }


class RecordedModel(SharedBlackBox):
    """A model that is known by its recorded answers alone; a text that was not asked then cannot be asked now.

    Parameters
    ----------
    traits : mapping
        As :func:`traits_of` gives them.
    answers : mapping of (int, str) to Answers
        Answers of length 1 by draw and text.

    Examples
    --------
    >>> from surrogate.blackbox import FunctionBox
    >>> box = FunctionBox(lambda texts: [[0.9, 0.1]] * len(texts), classes=["no", "yes"])
    >>> recorded = RecordedModel(traits_of(box), {(0, "hello"): box.answer(["hello"])})
    >>> recorded.answer(["hello"]).probabilities.round(3).tolist()
    [[0.9, 0.1]]
    """

    def __init__(self, traits: Mapping[str, Any], answers: Mapping[tuple[int, str], Answers]) -> None:
        given = {name: traits[name] for name in _TRAITS}
        super().__init__(Identity(labels=tuple(map(str, traits["labels"])), details=dict(traits["details"]), **given))
        self.n_votes: int | None = traits["n_votes"]
        self._answers = dict(answers)

    def answer(self, texts: Sequence[str]) -> Answers:
        """The recorded answers to ``texts``.

        Raises
        ------
        ModelError
            ``not-recorded``.
        """
        return self._of(texts, 0)

    def answer_each(self, texts: Sequence[str], keep: Any, draw: int = 0) -> None:
        """Hand the recorded answers of one draw on.

        Raises
        ------
        ModelError
            ``not-recorded``.
        """
        keep(texts, self._of(texts, draw))

    def _of(self, texts: Sequence[str], draw: int) -> Answers:
        missing = sum((draw, text) not in self._answers for text in texts)
        if missing:
            raise ModelError(
                "not-recorded",
                f"{missing} of {len(texts)} texts were not asked when the report was made, so the evidence holds no answer to "
                "them: something that decides which texts are asked is not as it was.",
            )
        if not texts:
            return next(iter(self._answers.values())).take([])
        return Answers.concatenate([self._answers[draw, text] for text in texts])
