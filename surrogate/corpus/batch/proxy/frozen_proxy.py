"""The corpus proxy of a batch: fitted before the first part, kept beside the rows, and the same for every row."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from sklearn.base import clone

from surrogate.canonical import digest
from surrogate.corpus.batch.opening import Opened
from surrogate.corpus.batch.proxy.corpus_proxy import CorpusProxy
from surrogate.corpus.batch.proxy.proxy_fitting import fit_corpus_proxy
from surrogate.store import open_store

__all__ = ["PROXY", "proxy_of", "with_proxy"]

#: The file that it is kept in.
PROXY = "proxy.npz"


def with_proxy(batch: Opened, *, overwrite: bool = False) -> Opened:
    """The batch with its corpus proxy: the one that its folder holds, or one that is fitted now; asks the model.

    Parameters
    ----------
    batch : Opened
    overwrite : bool
        Whether what the folder holds is of no account.

    Raises
    ------
    InputError
        ``bad-corpus-proxy`` where there are too few texts, or the model's answers vary.
    """
    wanted = batch.request.corpus_proxy
    if not wanted:
        return batch
    content = None if overwrite else _kept(batch.request.out)
    if content is None:
        pipe = clone(batch.pipe).set_params(query__store=open_store(batch.store))
        texts = [str(row.text) for row in batch.spool.sample_rows(wanted)]
        content = fit_corpus_proxy(texts, wanted, pipe).to_bytes()
    return replace(batch, proxy=content, settings=replace(batch.settings, proxy_sha256=digest(content)))


@lru_cache(maxsize=1)
def proxy_of(content: bytes) -> CorpusProxy:
    """A corpus proxy, read once in each process.

    Raises
    ------
    InputError
        ``bad-corpus-proxy``.
    """
    return CorpusProxy.from_bytes(content)


def _kept(out: Path) -> bytes | None:
    """The proxy of the batch in a folder; None where none is there, or another one than the batch says."""
    try:
        told = json.loads((out / "batch.json").read_bytes())["settings"]["proxy_sha256"]
        content = (out / PROXY).read_bytes()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return content if digest(content) == told else None
