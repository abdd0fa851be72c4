"""Single thread: arithmetic whose sums must not depend on how many cores share them."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

from threadpoolctl import ThreadpoolController

__all__ = ["single_thread"]


def single_thread() -> AbstractContextManager[Any]:
    """One thread for BLAS and OpenMP inside of a ``with``; afterwards as many as before.

    As ``threadpoolctl.threadpool_limits(1)``, which looks through all that the process has loaded each time it is entered.
    Here they are looked through again only where modules were imported in between: a library comes with a module.  In a
    process whose threads explain at the same time, threadpoolctl lets only the one that came first limit BLAS: explain in
    processes, as a batch does.

    Examples
    --------
    >>> with single_thread():
    ...     pools = _controller(len(sys.modules)).info()
    >>> {pool["num_threads"] for pool in pools} <= {1}
    True
    """
    return _controller(len(sys.modules)).limit(limits=1)


@lru_cache(maxsize=1)
def _controller(_n_modules: int) -> ThreadpoolController:
    """The thread pools of the process while it has so many modules."""
    return ThreadpoolController()
