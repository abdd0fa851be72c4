"""Step 1: altered copies of a text."""

from surrogate.perturb.base import MIN_SAMPLES, Perturb
from surrogate.perturb.corpus import Corpus, role_of
from surrogate.perturb.delete import Delete
from surrogate.perturb.infill import Infill
from surrogate.perturb.mixture import Mixture
from surrogate.perturb.paraphrase import Paraphrase
from surrogate.perturb.replace import ReplaceByMask
from surrogate.perturb.retrieve import Retrieve

__all__ = [
    "MIN_SAMPLES",
    "Corpus",
    "Delete",
    "Infill",
    "Mixture",
    "Paraphrase",
    "Perturb",
    "ReplaceByMask",
    "Retrieve",
    "role_of",
]
