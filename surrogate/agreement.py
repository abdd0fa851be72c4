"""Agreement: whether a term of one linear model is found again in another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from surrogate.linear_model import LinearModel, Term
from surrogate.literals import Literal
from surrogate.shares import Share

__all__ = ["effects_of_units", "found_again", "signed_units"]


def found_again(term: Term, model: LinearModel) -> bool:
    """Whether another model has a term of the same units with the same sign.

    A product counts as the same when the same units meet in a term, whichever of them it asks to be kept, and what they do
    together beyond each alone has the same sign.  The words of a
    group change from sample to sample; what a reader is told is that they speak for or against: a group is found again when
    the other model gives most of its places an effect of that sign.  A term of the whole text, or of short copies, is found
    again when the other model has one of the kind with the same sign.

    Parameters
    ----------
    term : Term
    model : LinearModel

    Examples
    --------
    >>> one = Term((Share((0, 1, 2)),), "a, b, c", 1.0)
    >>> other = LinearModel(4, 0.0, (Term((Share((0, 1, 3)),), "a, b, d", 0.5),))
    >>> found_again(one, other), found_again(Term((Share((3,)),), "d", -1.0), other)
    (True, False)
    """
    if not term.has_shares and not any(other.has_shares for other in model.terms):
        return any(signed_units(other) == signed_units(term) for other in model.terms)
    units = _places(term)
    if units is None or len(term.literals) > 1:
        same = [other for other in model.terms if _kind(other) == _kind(term)]
        return any((other.coefficient > 0) == (term.coefficient > 0) for other in same)
    return bool(np.mean(effects_of_units(model)[list(units)] * term.coefficient > 0) > 0.5)


def effects_of_units(model: LinearModel) -> NDArray[np.float64]:
    """What each unit adds, shape (n_units,); where words stand in groups, the coefficients of the groups a unit is in.

    Examples
    --------
    >>> effects_of_units(LinearModel(3, 0.0, (Term((Share((0, 2)),), "a, c", 2.0),))).tolist()
    [2.0, 0.0, 2.0]
    """
    added = model.added()
    if added is not None:
        return added
    weight = np.zeros(model.n_units)
    for term in model.terms:
        places = _places(term)
        if places is not None and len(term.literals) == 1:
            weight[list(places)] += term.coefficient
    return weight


def signed_units(term: Term) -> tuple[tuple[int, ...], bool]:
    """The units of a term, and whether what they do together, beyond each alone, speaks for.

    Of x (1 - y) = x - x y the part that both units share has the other sign: it is that sign that is told.

    Examples
    --------
    >>> from surrogate.literals import Literal
    >>> signed_units(Term((Literal(3, True), Literal(1, False)), "", 2.0))
    ((1, 3), False)
    """
    n_removed = sum(isinstance(one, Literal) and not one.kept for one in term.literals)
    return tuple(sorted(term.units)), (term.coefficient > 0) == (n_removed % 2 == 0)


def _places(term: Term) -> tuple[int, ...] | None:
    """The units of the first condition of a term; None: the whole text."""
    first = term.literals[0]
    return first.units if isinstance(first, Share) else (first.unit,)


def _kind(term: Term) -> tuple[bool, bool, bool]:
    """What a term of the whole text or of short copies is about."""
    thresholds = [part for part in term.literals if isinstance(part, Share) and part.least is not None]
    return _places(term) is None, bool(thresholds), len(term.literals) > 1
