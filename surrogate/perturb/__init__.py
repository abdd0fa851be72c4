"""Step 1: altered copies of a text."""

from surrogate.perturb.base import MIN_SAMPLES, Perturb
from surrogate.perturb.corpus import Corpus, role_of
from surrogate.perturb.delete import Delete
from surrogate.perturb.replace import ReplaceByMask

__all__ = ["MIN_SAMPLES", "Corpus", "Delete", "Perturb", "ReplaceByMask", "role_of"]
