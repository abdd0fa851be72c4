"""Describe: interpretable 0/1 features of the documents of a corpus."""

from surrogate.describe.concepts import Concepts
from surrogate.describe.inputs import inputs_of
from surrogate.describe.step import Describe
from surrogate.describe.stop_words import NEGATIONS, is_stop, stop_words
from surrogate.describe.terms import Terms

__all__ = ["Concepts", "Describe", "NEGATIONS", "Terms", "inputs_of", "is_stop", "stop_words"]
