"""Keys of endpoints: named, never held; read when a request is made and forgotten after it."""

from __future__ import annotations

import os
from dataclasses import dataclass

from surrogate.errors import InputError

__all__ = ["KeySource"]


@dataclass(frozen=True)
class KeySource:
    """Where a key is kept.

    Parameters
    ----------
    environment : str, default ""
        Name of an environment variable.
    keyring : str, default ""
        ``service:user`` in the keyring of the operating system (needs the package ``keyring``).

    Examples
    --------
    >>> KeySource().read() is None
    True
    """

    environment: str = ""
    keyring: str = ""

    def __post_init__(self) -> None:
        if self.environment and self.keyring:
            raise InputError("bad-endpoint", "Name either api_key_env or keyring, not both.")
        if self.keyring and ":" not in self.keyring:
            raise InputError("bad-endpoint", "The keyring entry must be written service:user.")
        if self.environment and not self.environment.isidentifier():
            # Perhaps the key itself: it is not repeated.
            raise InputError(
                "bad-endpoint", "api_key_env must be the name of an environment variable, such as ROUTER_KEY."
            )

    @property
    def is_named(self) -> bool:
        """Whether there is a key at all."""
        return bool(self.environment or self.keyring)

    def read(self) -> str | None:
        """The key; None where none is named.

        Raises
        ------
        InputError
            ``missing-key`` or ``missing-package``.
        """
        if not self.is_named:
            return None
        key = os.environ.get(self.environment) if self.environment else self._from_keyring()
        key = (key or "").strip()
        where = f"the environment variable {self.environment}" if self.environment else f"the keyring ({self.keyring})"
        if not key:
            raise InputError(
                "missing-key", f"The key of the endpoint was looked for in {where}, which is empty. Set it."
            )
        if not (key.isascii() and key.isprintable()):
            raise InputError(
                "missing-key", f"What stands in {where} cannot be a key: it holds characters beyond ASCII."
            )
        return key

    def _from_keyring(self) -> str | None:
        try:
            import keyring
        except ImportError as error:
            raise InputError(
                "missing-package", "Keys in a keyring need the package keyring: pip install keyring."
            ) from error
        service, user = self.keyring.split(":", 1)
        return keyring.get_password(service, user)
