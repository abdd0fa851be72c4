"""Access: where an endpoint is, with which key and manners it is asked, and how long its answers hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from surrogate.blackbox.endpoints.address import Address, read_address
from surrogate.blackbox.endpoints.keys import KeySource
from surrogate.blackbox.endpoints.manners import Manners
from surrogate.errors import InputError

__all__ = ["DAY", "Access", "endpoint_fingerprint", "public_name"]

#: Seconds after which a stored answer is asked again, unless told otherwise.
DAY = 86_400.0


@dataclass(frozen=True)
class Access:
    """All that does not decide an answer, but whether there is one.

    Parameters
    ----------
    address : Address
    key : KeySource
    manners : Manners
    expires_after : float or None, default 86,400
        Seconds that a stored answer holds.
    served_model : str, default ""
        The model id that answers must carry; empty: that of the first one.
    tolerance : float, default 0.01
        Largest difference in probability between two answers to one text that the same model may give, beyond the noise of
        votes; of embeddings, that of their cosine from one, and the share by which their lengths may differ.

    Examples
    --------
    >>> Access.to("http://localhost:8000", api_key_env="ROUTER_KEY").key
    KeySource(environment='ROUTER_KEY', keyring='')
    """

    address: Address
    key: KeySource = field(default_factory=KeySource)
    manners: Manners = field(default_factory=Manners)
    expires_after: float | None = DAY
    served_model: str = ""
    tolerance: float = 0.01

    @classmethod
    def to(
        cls,
        url: str,
        *,
        allow_remote: bool = False,
        api_key_env: str = "",
        keyring: str = "",
        manners: Manners | None = None,
        expires_after: float | None = DAY,
        served_model: str = "",
        tolerance: float = 0.01,
    ) -> Access:
        """Access to a base URL.

        Parameters
        ----------
        url : str
            Without the path of a method: ``http://127.0.0.1:8000``.
        allow_remote : bool, default False
            Whether the host may be another machine.
        api_key_env : str, default ""
            Name of the environment variable that holds the key.
        keyring : str, default ""
            ``service:user`` in the keyring of the operating system.
        manners : Manners, optional
        expires_after : float or None, default 86,400
        served_model : str, default ""
        tolerance : float, default 0.01

        Raises
        ------
        InputError
            ``bad-endpoint`` or ``remote-not-allowed``.
        """
        address = read_address(url, allow_remote=allow_remote)
        key = KeySource(api_key_env, keyring)
        if key.is_named and address.scheme == "http" and not address.is_loopback:
            raise InputError(
                "bad-endpoint",
                f"A key would be sent to {address.place} without encryption. Use an https:// URL, or a tunnel to this machine.",
            )
        return cls(address, key, manners or Manners(), expires_after, served_model, tolerance)


def endpoint_fingerprint(
    kind: str, model: str, revision: str, labels: Sequence[str], template: Mapping[str, Any]
) -> str:
    """``kind:sha256:...`` over model, revision, labels in their order and the request without the text; not over the URL.

    Parameters
    ----------
    kind, model, revision : str
    labels : sequence of str
    template : mapping
        JSON values that decide an answer.

    Examples
    --------
    >>> one = endpoint_fingerprint("chat-endpoint", "m", "1", ["a", "b"], {})
    >>> one == endpoint_fingerprint("chat-endpoint", "m", "2", ["a", "b"], {})
    False
    """
    content = {"kind": kind, "model": model, "revision": revision, "labels": list(labels), "template": dict(template)}
    encoded = json.dumps(content, sort_keys=True, ensure_ascii=True).encode()
    return f"{kind}:sha256:{hashlib.sha256(encoded).hexdigest()}"


def public_name(model: str) -> str:
    """A model id as a report may show it: of a path only its last part, since a path says where someone keeps it.

    Examples
    --------
    >>> public_name("owner/model"), public_name("/home/someone/models/router")
    ('owner/model', 'router')
    """
    path = PurePath(model)
    return path.name if path.is_absolute() or model.startswith(("~", ".")) or "\\" in model else model
