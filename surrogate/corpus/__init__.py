"""Many documents: where they come from."""

from surrogate.corpus.reading import read_corpus

__all__ = ["read_corpus"]
