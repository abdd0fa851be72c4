"""Many documents: where they come from."""

from surrogate.corpus.documents import Corpus
from surrogate.corpus.reading import read_corpus

__all__ = ["Corpus", "read_corpus"]
