"""Describe: interpretable 0/1 features of the documents of a corpus."""

from surrogate.describe.columns import Columns
from surrogate.describe.concepts import Concepts
from surrogate.describe.inputs import Inputs, inputs_of
from surrogate.describe.lexicon import Lexicon, read_lexicon
from surrogate.describe.patterns import Patterns
from surrogate.describe.probes import Probes
from surrogate.describe.step import Describe
from surrogate.describe.stop_words import NEGATIONS, is_stop, stop_words
from surrogate.describe.terms import Terms

__all__ = [
    "NEGATIONS",
    "Columns",
    "Concepts",
    "Describe",
    "Inputs",
    "Lexicon",
    "Patterns",
    "Probes",
    "Terms",
    "inputs_of",
    "is_stop",
    "read_lexicon",
    "stop_words",
]
