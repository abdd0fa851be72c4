"""Where the scheduler of a cluster is: whether it answers, and whether texts would leave this machine."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from surrogate.blackbox.endpoints.address import Address
from surrogate.errors import InputError, ModelError

__all__ = [
    "check_local",
    "check_reachable",
    "check_workers",
    "host_and_port",
    "missing",
    "unreachable",
    "without_address",
]

#: How a cluster is started on this machine, and where it is then.
_START = {
    "dask": "`dask scheduler` and, for every worker, `dask worker tcp://127.0.0.1:8786 --nthreads 1`",
    "ray": "`ray start --head` (both sides must have the same token, see RAY_AUTH_TOKEN_PATH and RAY_AUTH_MODE)",
}
_PORTS = {"dask": 8786, "ray": 6379}
_SECONDS = 3


def host_and_port(name: str, address: str) -> tuple[str, int]:
    """Host and port of an address, with or without a scheme.

    Raises
    ------
    InputError
        ``bad-parameter``.

    Examples
    --------
    >>> host_and_port("dask", "tcp://127.0.0.1:8786"), host_and_port("ray", "head.example")
    (('127.0.0.1', 8786), ('head.example', 6379))
    """
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host:
        raise InputError(
            "bad-parameter", f"address={address!r} names no host. Example: address='127.0.0.1:{_PORTS[name]}'."
        )
    return host, port or _PORTS[name]


def check_local(name: str, address: str, *, allow_remote: bool) -> None:
    """Texts are sent to another machine only where that was allowed.

    Raises
    ------
    InputError
        ``remote-not-allowed``.

    Examples
    --------
    >>> check_local("dask", "127.0.0.1:8786", allow_remote=False)
    """
    host, _ = host_and_port(name, address)
    if not _is_loopback(host) and not allow_remote:
        raise _remote(f"The {name} scheduler is at {host}, which is not this machine", "there")


def check_workers(name: str, addresses: Iterable[str], *, allow_remote: bool) -> None:
    """A scheduler on this machine may have workers on others.

    Raises
    ------
    InputError
        ``remote-not-allowed``.

    Examples
    --------
    >>> check_workers("dask", ["tcp://127.0.0.1:40001"], allow_remote=False)
    """
    if allow_remote:
        return
    hosts = sorted({host_and_port(name, address)[0] for address in addresses})
    others = [host for host in hosts if not _is_loopback(host)]
    if others:
        raise _remote(
            f"Workers of the {name} scheduler are at {', '.join(others)}, not on the loopback address", "there"
        )


def _is_loopback(host: str) -> bool:
    return Address("http", host.lower(), None, "").is_loopback


def _remote(what: str, where: str) -> InputError:
    return InputError(
        "remote-not-allowed",
        f"{what}, and the texts would be sent {where}. Where that is allowed, say so with --allow-remote "
        "(in Python: allow_remote=True).",
    )


def check_reachable(name: str, address: str) -> None:
    """Something listens at the address; asked once, since the libraries themselves try for long.

    Raises
    ------
    InputError
        ``no-scheduler``.
    """
    host, port = host_and_port(name, address)
    try:
        socket.create_connection((host, port), timeout=_SECONDS).close()
    except OSError as error:
        raise unreachable(name, address) from error


def unreachable(name: str, address: str, what: str = "does not answer") -> InputError:
    """The error for a scheduler that cannot be used.

    Examples
    --------
    >>> print(unreachable("dask", "127.0.0.1:8786"))
    The dask scheduler at 127.0.0.1:8786 does not answer. Start one, for instance on this machine with `dask scheduler`
    and, for every worker, `dask worker tcp://127.0.0.1:8786 --nthreads 1`, or use --backend loky. Parts that are
    finished stay; the same command goes on from there. [no-scheduler]
    """
    return InputError(
        "no-scheduler",
        f"The {name} scheduler at {address} {what}. Start one, for instance on this machine with {_START[name]}, or use "
        "--backend loky. Parts that are finished stay; the same command goes on from there.",
    )


def without_address() -> InputError:
    """The error for Dask without the address of a scheduler.

    Examples
    --------
    >>> print(without_address())
    The backend dask needs the address of its scheduler, and --address names none. Start one, for instance on ... [no-scheduler]
    """
    return InputError(
        "no-scheduler",
        "The backend dask needs the address of its scheduler, and --address names none. Start one, for instance on this "
        f"machine with {_START['dask']}, and give --address tcp://127.0.0.1:8786; or use --backend loky.",
    )


def missing(name: str) -> ModelError:
    """The error for a backend whose package is not installed.

    Examples
    --------
    >>> print(missing("dask"))
    The backend 'dask' needs a package that is not installed: pip install "surrogate-explainer[dask]" [missing-package]
    """
    return ModelError(
        "missing-package",
        f'The backend {name!r} needs a package that is not installed: pip install "surrogate-explainer[{name}]"',
    )
