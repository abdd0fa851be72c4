"""Number formats, and to what precision answers are stated where equal bits cannot be promised.

On the CPU in float32 the answer to a text is the same to the last bit, whatever is read with it.  Elsewhere kernels are chosen
by the maker of the device, and in half precision one other order of additions is seen in the answer.  There the scores from
which probabilities are computed (logits, or log-likelihoods of labels) are rounded to a stated step before the softmax, so that
probabilities still sum to one.  A score next to the middle between two steps may still fall on either side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.blackbox.devices import CPU
from surrogate.blackbox.references import TOLERANCE

__all__ = ["DTYPES", "FLOAT32", "Precision", "float64", "precision_of", "round_scores"]

FLOAT32 = "float32"
#: Number formats, by what a backend is called that computes in them.
DTYPES = {FLOAT32: "f32", "bfloat16": "bf16", "float16": "f16"}


@dataclass(frozen=True)
class Precision:
    """How exact answers are.

    Parameters
    ----------
    step : float or None
        What scores are rounded to multiples of; None: they are not rounded.
    tolerance : float
        Largest difference in probability from recorded answers, or from those of transformers alone, that counts as the same.
    agreement : float or None
        Largest difference in log-likelihood, per token, between two ways of scoring a label; None: that of exact answers.

    Examples
    --------
    >>> Precision(None, 1e-4, None).step is None
    True
    """

    step: float | None
    tolerance: float
    agreement: float | None


_EXACT = Precision(None, TOLERANCE, None)
# A step of 2^-10 moves a probability by at most 2^-12, which is more than the tolerance of exact answers.
_ROUNDED = Precision(2**-10, 1e-3, 1e-3)
# Half precision was seen to move probabilities of the shipped models by 0.017 (bfloat16) and 0.003 (float16); the step adds at
# most 0.004.  Between ways of scoring that are the same in float32, log-likelihoods per token differed by up to 0.031 (bfloat16)
# and 0.006 (float16), between others by 0.11 and more.
_HALF = {"bfloat16": Precision(2**-6, 3e-2, 5e-2), "float16": Precision(2**-6, 1e-2, 2e-2)}


def precision_of(device: str, dtype: str) -> Precision:
    """How exact answers are that are computed on ``device`` in ``dtype``.

    Examples
    --------
    >>> precision_of("cpu", "float32").step, precision_of("cuda:0", "float32").step, precision_of("cpu", "bfloat16").step
    (None, 0.0009765625, 0.015625)
    """
    if dtype in _HALF:
        return _HALF[dtype]
    return _EXACT if device == CPU else _ROUNDED


def round_scores(scores: NDArray[Any], step: float | None) -> NDArray[Any]:
    """Round scores to multiples of ``step``, in float64; None: leave them as they are.

    Examples
    --------
    >>> round_scores(np.array([0.3, -1.26]), 0.25).tolist()
    [0.25, -1.25]
    """
    # a power of two, so that neither the division nor the product rounds again
    return scores if step is None else np.round(scores.astype(np.float64) / step) * step


def float64(tensor: Any) -> Any:
    """Return a torch tensor in float64; on the CPU where its device knows no float64."""
    return (tensor.cpu() if tensor.device.type == "mps" else tensor).double()
