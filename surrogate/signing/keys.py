"""Ed25519 key pairs in files: the private half for its owner only, the public half to hand out."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from surrogate.errors import InputError
from surrogate.signing.names import check_name
from surrogate.signing.public_key import PublicKey, read_trust
from surrogate.signing.secret_files import make_file, read_secret

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner

__all__ = [
    "PublicKey",
    "SigningKey",
    "default_keys_folder",
    "find_key",
    "is_encrypted",
    "list_keys",
    "load_key",
    "make_key",
    "read_trust",
]

_PRIVATE, _PUBLIC = ".key", ".pub.json"


@dataclass(frozen=True, eq=False)
class SigningKey:
    """A key pair that can sign.

    Parameters
    ----------
    public : PublicKey
    signer : securesystemslib.signer.CryptoSigner

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = make_key("ada", folder)
    ...     load_key(path).public == read_trust(Path(folder) / "ada.pub.json")[0]
    True
    """

    public: PublicKey
    signer: CryptoSigner = field(repr=False)


def default_keys_folder() -> Path:
    """Where keys are kept unless told otherwise: ``$SURROGATE_KEYS``, or ``~/.config/surrogate/keys``."""
    told = os.environ.get("SURROGATE_KEYS")
    root = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(told) if told else Path(root) / "surrogate" / "keys"


def make_key(name: str, folder: str | Path | None = None, password: str | None = None) -> Path:
    """Make a key pair: ``NAME.key`` (PEM, PKCS #8, mode 0600) and ``NAME.pub.json``.

    Parameters
    ----------
    name : str
        Of the files, and in the public key.
    folder : str or Path, optional
        None: :func:`default_keys_folder`.
    password : str, optional
        The private key is encrypted with it.

    Returns
    -------
    Path
        Of the private key.

    Raises
    ------
    InputError
        ``bad-parameter`` (the name, or an empty password), ``output-exists`` (nothing is written over) or
        ``cannot-write``.
    """
    from securesystemslib.signer import CryptoSigner

    place = (default_keys_folder() if folder is None else Path(folder)) / f"{_checked(name)}{_PRIVATE}"
    if password == "":
        raise InputError("bad-parameter", "The password is empty. Give one, or make the key without.")
    signer = CryptoSigner.generate_ed25519()
    public = PublicKey(signer.public_key.keyval["public"], name)
    shared = _public_path(place)
    if shared.exists():
        raise InputError("output-exists", f"{shared} is there already; keys are never written over. Give another name.")
    make_file(place, _pem(signer, password))
    try:
        told = json.dumps(public.to_dict(), indent=2, ensure_ascii=False) + "\n"
        make_file(shared, told.encode("utf-8"), 0o644)
    except InputError:
        place.unlink()  # Half a pair is of no use, and made a moment ago.
        raise
    return place


def load_key(path: str | Path, password: str | None = None) -> SigningKey:
    """Load a private key; its name is taken from the public half beside it, else from the file.

    Raises
    ------
    InputError
        ``open-key`` where others may read the file; ``bad-key`` where it cannot be read, is encrypted and no password or
        a wrong one was given, or is no Ed25519 key; ``wrong-key`` where the public half beside it is of another pair.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.signer import CryptoSigner

    file = Path(path)
    _refuse_public(file)
    content = read_secret(file)
    if password is None and _encrypted(content):
        raise InputError("bad-key", f"The key {file.name} is encrypted, and no password was given.")
    try:
        private = load_pem_private_key(content, password.encode("utf-8") if password and _encrypted(content) else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        why = "the password is wrong, or the file damaged" if _encrypted(content) else "it is no private key in PEM"
        raise InputError("bad-key", f"The key {file.name} cannot be used: {why}. Private keys end in .key.") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise InputError("bad-key", f"The key {file.name} is no Ed25519 key. Make one: surrogate keys new NAME.")
    signer = CryptoSigner(private)
    return SigningKey(_public_of(file, signer.public_key.keyval["public"]), signer)


def is_encrypted(path: str | Path) -> bool:
    """Whether a private key needs a password.

    Raises
    ------
    InputError
        ``open-key`` or ``bad-key``.
    """
    _refuse_public(Path(path))
    return _encrypted(read_secret(Path(path)))


def list_keys(folder: str | Path | None = None) -> dict[str, tuple[PublicKey, bool]]:
    """Public keys of a folder by name, each with whether its private half lies beside it.

    Raises
    ------
    InputError
        ``bad-key``.

    Examples
    --------
    >>> list_keys("not-there")
    {}
    """
    place = default_keys_folder() if folder is None else Path(folder)
    found = {}
    for path in sorted(place.glob(f"*{_PUBLIC}")):
        name = path.name.removesuffix(_PUBLIC)
        found[name] = read_trust(path)[0], path.with_name(name + _PRIVATE).exists()
    return found


def find_key(told: str | Path, ending: str = _PRIVATE, folder: str | Path | None = None) -> Path:
    """The file of a key that is given by path, or by its name in a folder of keys.

    Raises
    ------
    InputError
        ``bad-key``.

    Examples
    --------
    >>> find_key("nobody", folder="not-there")
    Traceback (most recent call last):
    surrogate.errors.InputError: There is no key 'nobody', ... [bad-key]
    """
    place = default_keys_folder() if folder is None else Path(folder)
    for path in (Path(told), place / f"{told}{ending}"):
        if path.is_file():
            return path
    raise InputError(
        "bad-key",
        f"There is no key {str(told)!r}, neither as a file nor in {str(place)!r}. `surrogate keys list` shows the keys that "
        "are there; `surrogate keys new NAME` makes one.",
    )


def _checked(name: str) -> str:
    try:
        if "/" in check_name(name) or name.startswith("-"):
            raise InputError("bad-manifest", "")
    except InputError as error:
        raise InputError(
            "bad-parameter", f"{name!a} cannot be the name of a key. Use letters and digits, such as 'ada-2026'."
        ) from error
    return name


def _pem(signer: CryptoSigner, password: str | None) -> bytes:
    if password is None:
        return signer.private_bytes
    from cryptography.hazmat.primitives import serialization

    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    private = serialization.load_pem_private_key(signer.private_bytes, None)
    return private.private_bytes(encoding, form, serialization.BestAvailableEncryption(password.encode("utf-8")))


def _refuse_public(path: Path) -> None:
    if path.name.endswith(_PUBLIC):
        raise InputError(
            "bad-key", f"{path.name} is the public half of a key, which cannot sign. Give the file that ends in .key."
        )


def _encrypted(content: bytes) -> bool:
    return b"-----BEGIN ENCRYPTED PRIVATE KEY-----" in content


def _public_path(private: Path) -> Path:
    return private.with_name(private.name.removesuffix(_PRIVATE) + _PUBLIC)


def _public_of(file: Path, public: str) -> PublicKey:
    """The public half of a private key, with the name that the file beside it gives."""
    shared = _public_path(file)
    if not shared.is_file():
        return PublicKey(public, file.name.removesuffix(_PRIVATE))
    told = read_trust(shared)[0]
    if told.public != public:
        raise InputError(
            "wrong-key",
            f"{shared.name} is not the public half of {file.name}. Put the two halves of one pair side by side.",
        )
    return told
