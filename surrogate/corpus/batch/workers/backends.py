"""Which workers a batch is done by."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from surrogate.corpus.batch.workers.joblib_pool import JoblibPool
from surrogate.corpus.batch.workers.places import check_local, without_address
from surrogate.corpus.batch.workers.pools import InlinePool, LokyPool, Pool
from surrogate.errors import InputError

__all__ = ["BACKENDS", "Backend"]

#: Names of the backends: this process, processes of this machine, clusters, and what joblib was told to use.
BACKENDS = ("none", "loky", "dask", "ray", "joblib")


@dataclass(frozen=True)
class Backend:
    """Workers, named but not started.

    Parameters
    ----------
    name : {"none", "loky", "dask", "ray", "joblib"}, default "loky"
        ``none``: this process, one part after the other, also right for a model behind an endpoint.  ``loky``: processes of
        this machine.  ``dask``, ``ray``: the workers of a cluster.  ``joblib``: what ``joblib.parallel_config`` has set
        where the batch is run, for instance Spark.
    address : str, optional
        Of the scheduler of a cluster.  Dask needs one; without one, Ray is started on this machine.
    workers : int, optional
        Processes; by default as many as there are cores.  A cluster at an address has its own number.
    allow_remote : bool, default False
        Whether texts may be sent to other machines.

    Raises
    ------
    InputError
        ``bad-parameter``, ``remote-not-allowed``, ``no-scheduler``.

    Examples
    --------
    >>> with Backend("none").opened(n_tasks=3) as pool:
    ...     pool.window()
    1
    """

    name: str = "loky"
    address: str | None = None
    workers: int | None = None
    allow_remote: bool = False

    def __post_init__(self) -> None:
        if self.name not in BACKENDS:
            raise InputError("bad-parameter", f"The backend must be one of {', '.join(BACKENDS)}, got {self.name!r}.")
        if self.workers is not None and self.workers < 1:
            raise InputError("bad-parameter", f"workers must be 1 or more, got {self.workers}.")
        if self.name == "dask" and self.address is None:
            raise without_address()
        if self.name == "none" and self.workers is not None and self.workers > 1:
            raise InputError(
                "bad-parameter",
                f"The backend 'none' is this one process; {self.workers} workers cannot be had of it. Leave --workers away, or "
                "use --backend loky. How many requests an endpoint gets at a time is concurrency in its [manners].",
            )
        if self.address is not None:
            if self.name not in ("dask", "ray"):
                raise InputError("bad-parameter", f"The backend {self.name!r} takes no address; dask and ray do.")
            check_local(self.name, self.address, allow_remote=self.allow_remote)

    def check_model(self, black_box: Any) -> None:
        """Refuse several processes for a model behind an endpoint.

        Parameters
        ----------
        black_box : BlackBox

        Raises
        ------
        InputError
            ``bad-parameter``.

        Examples
        --------
        >>> from surrogate.blackbox.endpoints import Access, DecisionEndpoint
        >>> ask = {"urgent": {"type": "noul", "instructions": "Is it urgent?"}}
        >>> Backend("loky").check_model(DecisionEndpoint(Access.to("http://localhost:8000"), "router", ask))
        Traceback (most recent call last):
        surrogate.errors.InputError: The model 'router' is behind an endpoint, and one process asks it: ... [bad-parameter]
        """
        if self.name != "none" and hasattr(black_box, "announcement"):
            raise InputError(
                "bad-parameter",
                f"The model {black_box.name!r} is behind an endpoint, and one process asks it: budget and pace are kept in each "
                f"process for itself, so the workers of the backend {self.name!r} would spend and send several times what was "
                "allowed. Use --backend none, which sends many requests at a time (concurrency in [manners]).",
            )

    @contextmanager
    def opened(self, n_tasks: int) -> Iterator[Pool]:
        """Workers, started; they are ended at the end, at once when an error goes through.

        Parameters
        ----------
        n_tasks : int
            No more processes than parts are started.

        Raises
        ------
        InputError
            ``no-scheduler``, ``remote-not-allowed``.
        ModelError
            ``missing-package``.
        """
        pool = self._started(n_tasks)
        at_once = True
        try:
            yield pool
            at_once = False
        finally:
            pool.close(at_once=at_once)

    def _started(self, n_tasks: int) -> Pool:
        if self.name == "none":
            return InlinePool()
        if self.name == "loky":
            return LokyPool(max(1, min(self._workers(), n_tasks)))
        if self.name == "joblib":
            return JoblibPool(self.workers, allow_remote=self.allow_remote)
        from surrogate.corpus.batch.workers.clusters import DaskPool, RayPool

        if self.name == "ray":
            return RayPool(self.address, self.workers, allow_remote=self.allow_remote)
        if self.address is None:
            raise without_address()
        return DaskPool(self.address, allow_remote=self.allow_remote)

    def _workers(self) -> int:
        import joblib

        return self.workers or int(joblib.cpu_count())
