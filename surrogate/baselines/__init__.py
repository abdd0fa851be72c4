"""The lime and shap packages themselves, asked through our Query: side-by-side evidence."""

from surrogate.baselines.compare import compare
from surrogate.baselines.lime_text import LimeBaseline
from surrogate.baselines.masked_model import Calls, MaskedModel
from surrogate.baselines.result import BaselineResult
from surrogate.baselines.shap_text import ShapBaseline

__all__ = ["BaselineResult", "Calls", "LimeBaseline", "MaskedModel", "ShapBaseline", "compare"]
