"""The corpus proxy of a batch: fitted before the first part, kept beside the rows, and the same for every row."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from sklearn.base import clone

from surrogate.canonical import canonical, canonical_bytes, digest
from surrogate.corpus.batch.folder.identity import compare
from surrogate.corpus.batch.folder.writing import making
from surrogate.corpus.batch.opening import Opened
from surrogate.corpus.batch.proxy.corpus_proxy import CorpusProxy
from surrogate.corpus.batch.proxy.proxy_fitting import fit_corpus_proxy
from surrogate.store import open_store

__all__ = ["PROXY", "proxy_of", "with_proxy"]

#: The file that it is kept in.
PROXY = "proxy.npz"


def with_proxy(batch: Opened, *, overwrite: bool = False, tell: Callable[[str], None] | None = None) -> Opened:
    """The batch with its corpus proxy: the one that its folder holds, or one that is fitted now; asks the model.

    Nothing is asked for a folder that holds another batch.

    Parameters
    ----------
    batch : Opened
    overwrite : bool
        Whether what the folder holds is of no account.
    tell : callable (str) -> None, optional
        Told before one is fitted, which takes as long as explaining a share of the rows.

    Raises
    ------
    InputError
        ``bad-corpus-proxy`` where there are too few texts, or the model's answers vary; ``other-run`` or ``bad-batch`` of
        the folder.
    """
    wanted = batch.request.corpus_proxy
    if not wanted:
        return batch
    content = None if overwrite else _kept(batch)
    if content is None:
        pipe = clone(batch.pipe).set_params(query__store=open_store(batch.store))
        texts = [str(row.text) for row in batch.spool.sample_rows(wanted)]
        if tell is not None:
            tell(f"The corpus proxy is fitted first, to the model's answers to altered copies of {len(texts):,} texts.")
        content = fit_corpus_proxy(texts, wanted, pipe).to_bytes()
    return replace(_named(batch, digest(content)), proxy=content)


@lru_cache(maxsize=1)
def proxy_of(content: bytes) -> CorpusProxy:
    """A corpus proxy, read once in each process.

    Raises
    ------
    InputError
        ``bad-corpus-proxy``.
    """
    return CorpusProxy.from_bytes(content)


def _named(batch: Opened, sha256: str | None) -> Opened:
    return replace(batch, settings=replace(batch.settings, proxy_sha256=sha256))


def _kept(batch: Opened) -> bytes | None:
    """The proxy of the batch in the folder; None where none is there, or another one than the batch says."""
    file = batch.request.out / "batch.json"
    try:
        told = json.loads(file.read_bytes())["settings"]["proxy_sha256"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        told = None
    with making(batch.request.out):
        compare(file, canonical_bytes(canonical(_named(batch, told).identity())))
    try:
        content = (batch.request.out / PROXY).read_bytes()
    except OSError:
        return None
    return content if digest(content) == told else None
