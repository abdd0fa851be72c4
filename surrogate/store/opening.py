"""Which store of answers was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from surrogate.store.base import MemoryStore
from surrogate.store.sqlite import SqliteStore, default_store_path

__all__ = ["open_store"]


def open_store(store: Any) -> Any:
    """The store that was asked for.

    Parameters
    ----------
    store : bool, str, Path or AnswerStore
        True: the user's own, in the cache folder; False: in memory; a path: that SQLite file; a store: itself.

    Examples
    --------
    >>> type(open_store(False)).__name__
    'MemoryStore'
    """
    if store is True:
        return SqliteStore(default_store_path())
    if store is False or store is None:
        return MemoryStore()
    return SqliteStore(store) if isinstance(store, str | Path) else store
