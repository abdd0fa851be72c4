"""What every pipeline step shares: the scikit-learn manners of a step that passes texts and neighbourhoods."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sklearn.callback import CallbackSupportMixin, with_callbacks

__all__ = ["StepMixin", "announced"]

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="StepMixin")


class StepMixin(CallbackSupportMixin):
    """Tags, callbacks and ``set_output`` for estimators whose input is no 2-D array.  Put it first among the bases.

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

    @classmethod
    @functools.cache
    def _get_param_names(cls) -> list[str]:
        # scikit-learn reads the signature anew in each clone, and a batch clones its pipeline for every text.
        return super()._get_param_names()  # type: ignore[misc, no-any-return]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.input_tags.two_d_array = False
        tags.input_tags.string = self._takes_strings
        tags.no_validation = True
        tags.requires_fit = False
        return tags


def announced(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Decorate a ``fit`` so that scikit-learn's callbacks see it begin and end.

    References
    ----------
    ``sklearn.callback`` of scikit-learn 1.9: each fit makes one root task.
    """

    @with_callbacks
    @functools.wraps(method)
    def fit(self: S, *args: P.args, **kwargs: P.kwargs) -> R:
        context = self._init_callback_context()
        context.call_on_fit_task_begin(estimator=self)
        result = method(self, *args, **kwargs)
        context.call_on_fit_task_end(estimator=self)
        return result

    return fit
