"""Black boxes: the text classifiers that are explained.

Nothing here imports torch, transformers or scikit-learn until a model is loaded.
"""

from __future__ import annotations

from surrogate.blackbox.base import BlackBox
from surrogate.blackbox.estimator import EstimatorBox
from surrogate.blackbox.find import ShippedModel, shipped_models
from surrogate.blackbox.function import FunctionBox
from surrogate.blackbox.prompt import Prompt, Scoring
from surrogate.blackbox.registry import as_black_box, load_model

__all__ = [
    "BlackBox",
    "EstimatorBox",
    "FunctionBox",
    "Prompt",
    "Scoring",
    "ShippedModel",
    "as_black_box",
    "load_model",
    "shipped_models",
]
