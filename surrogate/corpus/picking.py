"""Picking: which of many local explanations to read first."""

from __future__ import annotations

from collections.abc import Sequence

from surrogate.evidence.pick import submodular_pick
from surrogate.explanation import Explanation

__all__ = ["effects_of", "pick"]


def pick(explanations: Sequence[Explanation], n: int) -> tuple[int, ...]:
    """The explanations that together show the most important words: LIME's submodular pick.

    Parameters
    ----------
    explanations : sequence of Explanation
        Of texts of one corpus by one model.
    n : int
        How many; fewer where no further explanation shows another word.

    Returns
    -------
    tuple of int
        Places of the chosen explanations, the first chosen first.  What is withheld shows no words and is never chosen.

    Raises
    ------
    InputError
        ``bad-parameter`` for a number below one.

    References
    ----------
    Ribeiro, Singh and Guestrin, "Why should I trust you?", KDD 2016, section 4.

    Examples
    --------
    >>> import surrogate
    >>> def bills(texts):
    ...     return [[.9, .1] if "bill" in text else [.2, .8] for text in texts]
    >>> made = [surrogate.explain(text, bills, classes=["money", "other"], store=False) for text in ("pay my bill", "my card")]
    >>> pick(made, 2)
    (0,)
    """
    return submodular_pick([effects_of(explanation) for explanation in explanations], n)


def effects_of(explanation: Explanation) -> dict[str, float]:
    """What each word of an explanation adds, whatever its case; of a word that stands in several places the sum.

    Effects of a grade that is not to be quoted are left out.

    Parameters
    ----------
    explanation : Explanation

    Examples
    --------
    >>> import surrogate
    >>> explanation = surrogate.explain("Pay my bill", lambda texts: [[.9, .1] if "bill" in t else [.2, .8] for t in texts],
    ...                                 classes=["money", "other"], store=False)
    >>> {word: round(effect, 1) for word, effect in effects_of(explanation).items() if abs(effect) > 0.1}
    {'bill': 3.6}
    """
    found: dict[str, float] = {}
    for effect in explanation.effects:
        if effect.grade != "not reportable":
            word = " ".join(effect.text.casefold().split())
            found[word] = found.get(word, 0.0) + effect.coefficient
    return found
