"""What every pipeline step shares: the scikit-learn manners of a step that passes texts and neighbourhoods."""

from __future__ import annotations

from typing import Any

from typing_extensions import Self

__all__ = ["StepMixin"]


class StepMixin:
    """Tags and ``set_output`` for estimators whose input is no 2-D array.  Put it first among the bases.

    Examples
    --------
    >>> from surrogate.weigh import Weigh
    >>> Weigh().__sklearn_tags__().input_tags.two_d_array
    False
    """

    #: Only the first step of a pipeline takes strings.
    _takes_strings = False

    def set_output(self, *, transform: Any = None) -> Self:
        """Do nothing: what flows is a Neighborhood, whatever the container asked for; returns self."""
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.input_tags.two_d_array = False
        tags.input_tags.string = self._takes_strings
        tags.no_validation = True
        tags.requires_fit = False
        return tags
