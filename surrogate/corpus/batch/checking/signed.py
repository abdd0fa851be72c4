"""The same command again where the batch is signed: nothing is written, and the batch is compared with what was signed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from surrogate.corpus.batch.checking.sealing import refuse_signed
from surrogate.corpus.batch.folder.folder import BatchFolder
from surrogate.corpus.batch.opening import Opened
from surrogate.corpus.batch.proxy.frozen_proxy import with_proxy
from surrogate.corpus.batch.rows.index import read_index
from surrogate.corpus.batch.values import Counts
from surrogate.signing.manifest import read_manifest
from surrogate.signing.refreshing import changed, compare

__all__ = ["keep_signed"]


def keep_signed(batch: Opened, *, overwrite: bool = False, begun: Callable[[Counts], None] | None = None) -> Path:
    """See that a signed batch is the one that was asked for, and is as its manifest lists it.

    Parameters
    ----------
    batch : Opened
    overwrite : bool
    begun : callable (Counts) -> None, optional
        Told what the batch holds.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        ``signed-report`` with ``overwrite``; ``changed-report``; ``other-run``; ``no-manifest``; ``batch-running``.
    """
    out = batch.request.out
    if overwrite:
        refuse_signed(out)
    found = compare(out, read_manifest(out).files)
    for name in (*found["changed"], *found["missing"]):
        raise changed(name, name not in found["missing"])
    with BatchFolder.begin(out, with_proxy(batch).identity()) as folder:
        told = read_index(out)
        if begun is not None:
            begun(Counts(told["rows"], *(told["counts"][status] for status in ("explained", "withheld", "error"))))
        folder.finish()
    return out
