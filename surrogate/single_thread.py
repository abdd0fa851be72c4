"""Single thread: arithmetic whose sums must not depend on how many cores share them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock
from typing import Any

from threadpoolctl import ThreadpoolController

__all__ = ["single_thread"]


@contextmanager
def single_thread() -> Iterator[None]:
    """One thread for BLAS and OpenMP inside of a ``with``; afterwards as many as before.

    The limit is one of the whole process: where several of its threads are inside, the first sets it, and the last to leave
    lifts it.  As ``threadpoolctl.threadpool_limits(1)``, which looks through all that the process has loaded each time it is
    entered.  Here that is done again only where modules were imported in between: a library comes with a module.

    Examples
    --------
    >>> with single_thread():
    ...     pools = _controller(len(sys.modules)).info()
    >>> {pool["num_threads"] for pool in pools} <= {1}
    True
    """
    _INSIDE.enter()
    try:
        yield
    finally:
        _INSIDE.leave()


class _Inside:
    """How many threads are inside, and the limits that are lifted when the last of them leaves."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._number = 0
        self._limited: dict[ThreadpoolController, Any] = {}

    def enter(self) -> None:
        with self._lock:
            controller = _controller(len(sys.modules))
            # Also where others are inside: a library that was loaded since has as many threads as it likes.
            if controller not in self._limited:
                self._limited[controller] = controller.limit(limits=1)
            self._number += 1

    def leave(self) -> None:
        with self._lock:
            self._number -= 1
            while self._number == 0 and self._limited:
                self._limited.popitem()[1].restore_original_limits()


_INSIDE = _Inside()


@lru_cache(maxsize=1)
def _controller(_n_modules: int) -> ThreadpoolController:
    """The thread pools of the process while it has so many modules."""
    return ThreadpoolController()
