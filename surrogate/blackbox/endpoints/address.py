"""Where an endpoint is: a base URL without secrets, and whether it is on this machine."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from surrogate.errors import InputError

__all__ = ["Address", "read_address"]


@dataclass(frozen=True)
class Address:
    """A base URL, taken apart.

    Parameters
    ----------
    scheme : {"http", "https"}
    host : str
    port : int or None
    path : str
        Without the slash at its end; ``/v1`` at its end is left out, since every path that is asked begins with it.

    Examples
    --------
    >>> address = read_address("http://127.0.0.1:8000/v1/")
    >>> address.is_loopback, address.url("/v1/models")
    (True, 'http://127.0.0.1:8000/v1/models')
    """

    scheme: str
    host: str
    port: int | None
    path: str

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine itself."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def place(self) -> str:
        """Host and port, as messages show them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    def url(self, path: str) -> str:
        """The full URL of a path that begins with a slash."""
        return f"{self.scheme}://{self.place}{self.path}{path}"


def read_address(url: str, *, allow_remote: bool = False) -> Address:
    """Take a base URL apart and check where it leads.

    Parameters
    ----------
    url : str
        ``http://`` or ``https://``, a host, perhaps a port and a path.
    allow_remote : bool, default False
        Whether the host may be another machine.

    Raises
    ------
    InputError
        ``bad-endpoint`` for a URL that cannot be used or holds a secret; ``remote-not-allowed``.

    Examples
    --------
    >>> read_address("https://models.example/base", allow_remote=True).place
    'models.example'
    """
    address = _parse(url)
    if not address.is_loopback and not allow_remote:
        raise InputError(
            "remote-not-allowed",
            f"The endpoint is at {address.place}, which is not this machine, and altered copies of the text would be sent "
            "there. Where that is allowed, say so with --allow-remote (in Python: allow_remote=True).",
        )
    return address


def _parse(url: str) -> Address:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _bad("it cannot be read as one") from None  # the original error would quote the URL
    if parts.username is not None or parts.password is not None:
        raise _bad("it holds a user name or a password; name an environment variable with api_key_env instead")
    if parts.query or parts.fragment:
        raise _bad("it holds a query or a fragment; a key belongs into an environment variable (api_key_env)")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _bad("it must begin with http:// or https:// and name a host")
    path = parts.path.rstrip("/").removesuffix("/v1")
    return Address(parts.scheme, parts.hostname.lower(), port, path)


def _bad(why: str) -> InputError:
    return InputError("bad-endpoint", f"The URL of the endpoint cannot be used: {why}. Example: http://127.0.0.1:8000")
